/** The data folder: made when missing, refused in one sentence when it can't be written. */
import { access, constants, mkdir } from 'node:fs/promises';
import { StartError } from '../store/start-error.ts';

export async function makeDataDirectory(directory: string): Promise<void> {
  try {
    await mkdir(directory, { recursive: true });
    await access(directory, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch {
    throw new StartError(
      `The data folder ${directory} cannot be written by this user; choose another with --data.`,
    );
  }
}
