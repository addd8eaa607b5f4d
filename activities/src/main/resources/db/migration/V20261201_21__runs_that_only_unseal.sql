-- Rebuilds that make nothing but the unsealed copy put back nothing that is proven, so they are not followed on the chain.
ALTER TABLE rebuild_run
  ADD COLUMN IF NOT EXISTS only_unsealed BOOLEAN NOT NULL DEFAULT FALSE COMMENT 'whether it makes the unsealed copy and nothing else';
