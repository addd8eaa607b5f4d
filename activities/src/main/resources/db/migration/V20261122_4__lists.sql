-- What lists and estimates read, each from an index alone: sectors without their records, the newest
-- run of each sector, what steps took on a host.

ALTER TABLE sector
  ADD KEY IF NOT EXISTS sector_list (miner, number, proof, comm_r);

ALTER TABLE rebuild_run
  ADD KEY IF NOT EXISTS rebuild_run_newest (miner, number, started_at, updated_at, state);

ALTER TABLE state_change
  MODIFY COLUMN step VARCHAR(255) NULL,
  ADD KEY IF NOT EXISTS state_change_of_host (host, step, at);
