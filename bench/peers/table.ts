import {airbyteCdk} from './airbyte-cdk.js';
import {dltExtract, dltMerge} from './dlt.js';
import {faros} from './faros.js';
import type {Peer} from './peer.js';
import {pyairbyte} from './pyairbyte.js';

/** What `read` is compared with. */
export const readers: readonly Peer[] = [faros, dltExtract, airbyteCdk];

/** What `sync` is compared with. */
export const syncers: readonly Peer[] = [dltMerge, pyairbyte];
