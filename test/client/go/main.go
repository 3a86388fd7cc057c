// test/client/go/main.go: a stock Go program (rocketmq-client-go v2) that sends and consumes. It prints one line of
// JSON and must never know which broker it talks to. usage: client NAMESRV TOPIC GROUP COUNT
package main

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	rocketmq "github.com/apache/rocketmq-client-go/v2"
	"github.com/apache/rocketmq-client-go/v2/consumer"
	"github.com/apache/rocketmq-client-go/v2/primitive"
	"github.com/apache/rocketmq-client-go/v2/producer"
	"github.com/apache/rocketmq-client-go/v2/rlog"
)

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func main() {
	rlog.SetLogLevel("fatal")
	namesrv, topic, group := []string{os.Args[1]}, os.Args[2], os.Args[3]
	count, err := strconv.Atoi(os.Args[4])
	must(err)

	p, err := rocketmq.NewProducer(producer.WithNameServer(namesrv), producer.WithGroupName("P_"+group), producer.WithRetry(2))
	must(err)
	must(p.Start())
	sent := 0
	for i := 0; i < count; i++ {
		message := primitive.NewMessage(topic, []byte(fmt.Sprintf("body %d 世界 😀", i)))
		message.WithTag("TagA").WithKeys([]string{fmt.Sprintf("key-%d", i)})
		result, err := p.SendSync(context.Background(), message)
		must(err)
		if result.Status == primitive.SendOK {
			sent++
		}
	}
	must(p.Shutdown())

	var lock sync.Mutex
	seen := map[int]bool{}
	wrong := 0
	done := make(chan struct{})
	c, err := rocketmq.NewPushConsumer(consumer.WithNameServer(namesrv), consumer.WithGroupName(group),
		consumer.WithConsumeFromWhere(consumer.ConsumeFromFirstOffset))
	must(err)
	must(c.Subscribe(topic, consumer.MessageSelector{Type: consumer.TAG, Expression: "TagA"},
		func(_ context.Context, messages ...*primitive.MessageExt) (consumer.ConsumeResult, error) {
			lock.Lock()
			defer lock.Unlock()
			for _, message := range messages {
				body := string(message.Body)
				number, _ := strconv.Atoi(strings.Split(body, " ")[1])
				if body != fmt.Sprintf("body %d 世界 😀", number) || message.GetTags() != "TagA" {
					wrong++
				}
				if !seen[number] {
					seen[number] = true
					if len(seen) == count {
						close(done)
					}
				}
			}
			return consumer.ConsumeSuccess, nil
		}))
	must(c.Start())
	select {
	case <-done:
	case <-time.After(60 * time.Second):
	}
	must(c.Shutdown())
	lock.Lock()
	fmt.Printf("{\"sent\":%d,\"received\":%d,\"wrong\":%d}\n", sent, len(seen), wrong)
	os.Exit(0)
}
