// server/shared/inputs/doctor.ts: what is told to the connection doctor. Pure.
import { z } from '../zod'
import { onCluster } from './common'

/** Names and addresses as somebody typed them: what is wrong with them is what is looked for. */
const typed = z.string().trim().max(255).default('')
export const doctorInput = onCluster.extend({ topic: typed, group: typed, address: typed })
export type DoctorInput = z.infer<typeof doctorInput>
