// server/db/migrations.ts: how console.db came to look as it does, one step after the other. A step that was released
// is never changed: a new one is added at the end. schema.ts is the same tables as Drizzle sees them.

export interface Migration {
  id: number
  name: string
  statements: readonly string[]
}
export const migrations: readonly Migration[] = [
  {
    id: 1,
    name: 'first',
    statements: [
      `create table user (
        id integer primary key,
        name text not null unique collate nocase,
        password text not null,
        role text not null check (role in ('viewer', 'operator', 'admin')),
        extra_rights text not null default '[]',
        settings text not null default '{}',
        created_at integer not null,
        last_seen_at integer
      )`,
      `create table session (
        id text primary key,
        secret_hash text not null unique,
        user_id integer not null references user(id) on delete cascade,
        created_at integer not null,
        last_seen_at integer not null,
        address text not null,
        agent text not null
      )`,
      'create index session_user on session(user_id)',
      `create table audit (
        id integer primary key autoincrement,
        at integer not null,
        who text not null,
        from_address text not null,
        cluster text,
        action text not null,
        object text,
        before_text text,
        after_text text,
        reason text,
        result text not null check (result in ('ok', 'partial', 'failed')),
        error text,
        took_ms real not null
      )`,
      'create index audit_at on audit(at)',
      'create index audit_who on audit(who, at)',
      `create table cluster (
        id text primary key,
        name text not null,
        namesrv text not null,
        colour integer not null default 0,
        read_only integer not null default 0,
        production integer not null default 0,
        created_at integer not null
      )`,
      // One series per thing that is measured: kind cluster, broker, topic, group or topic-group.
      `create table series (
        id integer primary key,
        cluster text not null,
        kind text not null,
        name text not null,
        unique (cluster, kind, name)
      )`,
      // A run of equal values from `at` to `until`; three resolutions of the same shape.
      ...['sample_5s', 'sample_1m', 'sample_10m'].flatMap((table) => [
        `create table ${table} (
          series_id integer not null,
          at integer not null,
          until integer not null,
          in_rate real, out_rate real, in_bytes real, out_bytes real, lag real, behind_ms real,
          primary key (series_id, at)
        ) without rowid`,
        `create index ${table}_until on ${table}(until)`,
      ]),
    ],
  },
  {
    id: 2,
    name: 'redriven',
    statements: [
      `create table redriven (
        cluster text not null,
        offset_id text not null,
        stored_at integer not null,
        at integer not null,
        certain integer not null,
        primary key (cluster, offset_id, stored_at)
      ) without rowid`,
    ],
  },
  {
    id: 4,
    name: 'people',
    statements: [
      'alter table user add column custom_role text',
      'alter table user add column locked integer not null default 0',
      'create table role (name text primary key, grants text not null) without rowid',
      `create table token (
        id text primary key,
        secret_hash text not null unique,
        user_id integer not null references user(id) on delete cascade,
        name text not null,
        rights text not null,
        cluster text not null,
        created_at integer not null,
        expires_at integer not null,
        last_used_at integer
      )`,
      'create index token_user on token(user_id)',
      "alter table audit add column hash text not null default ''",
      'create table audit_anchor (id integer primary key check (id = 1), hash text not null)',
    ],
  },
  {
    id: 5,
    name: 'alarms',
    statements: [
      'create table setting (key text primary key, value text not null) without rowid',
      `create table alarm_rule (
        id text primary key,
        cluster text not null,
        body text not null,
        created_at integer not null
      )`,
      'create index alarm_rule_cluster on alarm_rule(cluster)',
      // What is on its way to fire, so that a restart does not begin to count anew.
      `create table alarm_pending (
        rule_id text not null,
        subject text not null,
        since integer not null,
        primary key (rule_id, subject)
      ) without rowid`,
      `create table alarm (
        id text primary key,
        cluster text not null,
        rule_id text not null,
        rule text not null,
        metric text not null,
        severity text not null,
        subject text not null,
        comparator text not null,
        threshold real not null,
        since integer not null,
        fired_at integer not null,
        ended_at integer,
        ending text,
        value real,
        peak real,
        end_value real,
        taken_by text,
        taken_at integer,
        told_at integer,
        silenced_at integer
      )`,
      'create index alarm_time on alarm(cluster, fired_at)',
      // One alarm at a time for one thing under one rule, whatever the code above believes.
      'create unique index alarm_one on alarm(rule_id, subject) where ended_at is null',
      `create table alarm_silence (
        id text primary key,
        cluster text not null,
        rule_id text,
        pattern text not null,
        until integer not null,
        created_at integer not null,
        who text not null,
        reason text not null,
        ended_at integer
      )`,
      `create table channel (
        id text primary key,
        kind text not null,
        name text not null,
        settings text not null,
        sealed text,
        enabled integer not null default 1,
        created_at integer not null
      )`,
      `create table delivery (
        id text primary key,
        channel_id text not null,
        channel text not null,
        alarm_id text,
        kind text not null,
        notice text not null,
        status text not null,
        tries integer not null default 0,
        created_at integer not null,
        next_at integer,
        sent_at integer,
        took_ms real,
        answer text
      )`,
      "create index delivery_waiting on delivery(channel_id, created_at) where status = 'waiting'",
      'create index delivery_alarm on delivery(alarm_id)',
    ],
  },
  {
    id: 6,
    name: 'jobs',
    statements: [
      `create table job (
        id text primary key,
        cluster text not null,
        kind text not null,
        object text not null,
        state text not null check (state in ('running', 'paused', 'stopped', 'done')),
        who text not null,
        from_address text not null,
        reason text,
        plan text not null,
        created_at integer not null,
        began_at integer,
        ended_at integer,
        total integer not null,
        trouble text
      )`,
      'create index job_cluster on job(cluster, created_at)',
      `create table job_item (
        job_id text not null references job(id) on delete cascade,
        seq integer not null,
        key text not null,
        title text not null,
        input text not null,
        state text not null,
        output text,
        error text,
        at integer,
        primary key (job_id, seq)
      ) without rowid`,
      'create index job_item_state on job_item(job_id, state, seq)',
    ],
  },
  {
    id: 7,
    name: 'send templates',
    statements: [
      `create table send_template (
        id text primary key,
        user_id integer not null references user(id) on delete cascade,
        name text not null,
        draft text not null,
        at integer not null,
        unique (user_id, name)
      )`,
    ],
  },
  {
    id: 8,
    name: 'metrics',
    statements: [
      ...['sample_5s', 'sample_1m', 'sample_10m'].flatMap((table) => [
        ...['put_p99_ms', 'disk_ratio', 'kept', 'clients', 'dead'].map(
          (column) => `alter table ${table} add column ${column} real`,
        ),
        // A third of the file, to find what is too old: the primary key finds it too, series by series.
        `drop index ${table}_until`,
      ]),
      // What went in and out in each hour, by offsets; bytes as far as the mean size was known (of `sized` messages).
      `create table usage_hour (
        series_id integer not null,
        hour integer not null,
        messages_in integer not null,
        messages_out integer not null,
        sized integer not null,
        bytes real not null,
        estimated integer not null,
        primary key (series_id, hour)
      ) without rowid`,
      // How far a counter of a cluster was when it was last looked at, so that a restart loses nothing.
      `create table counter_mark (
        cluster text not null,
        use text not null,
        key text not null,
        at integer not null,
        value real not null,
        primary key (cluster, use, key)
      ) without rowid`,
      // What was seen to happen to a cluster and nobody did here: a broker's new life.
      `create table event (
        cluster text not null,
        at integer not null,
        kind text not null,
        subject text not null,
        primary key (cluster, at, kind, subject)
      ) without rowid`,
      `create table metric_view (
        id text primary key,
        cluster text not null,
        name text not null,
        query text not null,
        who text not null,
        created_at integer not null
      )`,
      'create index metric_view_cluster on metric_view(cluster)',
    ],
  },
  {
    id: 10,
    name: 'connections',
    statements: [
      // How a cluster is spoken to, as JSON; what is secret of it lies sealed beside it.
      "alter table cluster add column connection text not null default '{}'",
      'alter table cluster add column sealed text',
      // A cluster of the command line: only how it is shown and what it lets through is kept.
      'alter table cluster add column fixed integer not null default 0',
    ],
  },
  {
    id: 11,
    name: 'masks',
    statements: [
      `create table mask_rule (
        id text primary key,
        cluster text not null,
        topics text not null,
        part text not null,
        field text not null,
        how text not null
      ) without rowid`,
    ],
  },
  {
    id: 20,
    name: 'oidc',
    statements: [
      "alter table user add column source text not null default 'local'",
      'alter table user add column subject text',
      'create unique index user_subject on user(subject) where subject is not null',
      'alter table session add column ends_at integer',
      'alter table session add column hint text',
    ],
  },
  { id: 21, name: 'try as', statements: ['alter table session add column try_as text'] },
  {
    id: 22,
    name: 'kept drafts',
    statements: [
      // Templates of messages and searches: what a form held, kept under a name.
      `create table kept_draft (
        id text primary key,
        user_id integer not null references user(id) on delete cascade,
        kind text not null,
        name text not null,
        draft text not null,
        at integer not null,
        unique (user_id, kind, name)
      )`,
      `insert into kept_draft (id, user_id, kind, name, draft, at)
        select id, user_id, 'send', name, draft, at from send_template`,
      'drop table send_template',
    ],
  },
  {
    id: 23,
    name: 'usage by eight hours',
    statements: [
      // The same counts, by blocks of the hours of UTC: a report over weeks reads few rows of each series.
      `create table usage_block (
        series_id integer not null,
        hour integer not null,
        messages_in integer not null,
        messages_out integer not null,
        sized integer not null,
        bytes real not null,
        estimated integer not null,
        primary key (series_id, hour)
      ) without rowid`,
      `insert into usage_block (series_id, hour, messages_in, messages_out, sized, bytes, estimated)
        select series_id, hour - hour % 28800000, sum(messages_in), sum(messages_out), sum(sized), sum(bytes), max(estimated)
        from usage_hour group by 1, 2`,
    ],
  },
  {
    id: 24,
    name: 'body types',
    statements: [
      `create table body_type (
        cluster text not null,
        topic text not null,
        kind text not null,
        definition text not null,
        message text not null,
        skip_bytes integer not null,
        who text not null,
        at integer not null,
        primary key (cluster, topic)
      ) without rowid`,
    ],
  },
  {
    id: 25,
    name: 'offset snapshots',
    statements: [
      `create table offset_snapshot (
        id text primary key,
        cluster text not null,
        group_name text not null,
        at integer not null,
        why text not null,
        who text,
        queues text not null
      ) without rowid`,
      'create index offset_snapshot_group on offset_snapshot(cluster, group_name, at)',
    ],
  },
]
