/** What the newest scan of a miner means: verdicts, costs, and the repairs that are needed. */
package io.reseal.appraisal;
