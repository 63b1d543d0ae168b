/** The sandbox system in a process of its own; prints its address. Keeps no journal of requests. */
import { startSandboxSystem } from '../src/sdk/testing/sandbox-system.ts';

const system = await startSandboxSystem({ journal: 0, control: false });
console.log(system.url);
