// The message that asks the server to begin a set: what to do, what the person wants, and what an earlier set-up found
// of this camera.
import { kept } from "./kept.js";

export function beginMessage(source, { demo, chosen, language, feedback, ticket, goal, seconds, technique, hand, person }) {
  const { pattern, side } = source === "demo" ? demo : chosen;
  const message = { type: "begin", pattern, side, source, language, feedback, ticket };
  if (source === "demo") return { ...message, goal: null };
  return { ...message, goal, seconds, technique, ...kept.camera(person.id), hand };
}
