package io.reseal.threads;

import io.reseal.config.ThreadPlan;
import io.reseal.config.WorkerConfig;
import io.reseal.contract.ThreadGrant;
import io.reseal.files.Scratch;
import io.reseal.sector.RebuildState;
import io.reseal.sector.SectorId;
import java.util.concurrent.CountDownLatch;

/** One sealing thread of this host: its scratch, who holds it, and what it shows. */
public final class SealingThread {

  /** Who a thread belongs to right now. */
  enum Holding {
    FREE,
    /** Held by a rebuild whose hold activity runs here. */
    HELD,
    /** Held before this process started; its hold has not come back yet. */
    AWAITED
  }

  private final WorkerConfig.SealingThread config;
  private final Scratch scratch;
  private final ThreadGrant grant;

  private Holding holding = Holding.FREE;
  private SectorId sector;
  private RebuildState state = RebuildState.EMPTY;
  private String lastError;
  private String progress;
  private CountDownLatch released = new CountDownLatch(0);

  SealingThread(String host, WorkerConfig.SealingThread config) {
    this.config = config;
    this.scratch = new Scratch(config.location());
    this.grant = new ThreadGrant(host, config.index(), config.location().toString(), null, null);
  }

  public WorkerConfig.SealingThread config() {
    return config;
  }

  boolean takesRebuilds() {
    return config.plan() == ThreadPlan.REBUILD;
  }

  public Scratch scratch() {
    return scratch;
  }

  public ThreadGrant grant() {
    return grant;
  }

  synchronized Holding holding() {
    return holding;
  }

  public synchronized SectorId sector() {
    return sector;
  }

  public synchronized RebuildState state() {
    return state;
  }

  public synchronized String lastError() {
    return lastError;
  }

  public synchronized String progress() {
    return progress;
  }

  synchronized void hold(SectorId newSector, Holding how) {
    if (!newSector.equals(sector)) {
      state = RebuildState.ALLOCATED;
      lastError = null;
      progress = null;
    }
    sector = newSector;
    holding = how;
    released = new CountDownLatch(1);
  }

  synchronized void free() {
    holding = Holding.FREE;
    sector = null;
    state = RebuildState.EMPTY;
    progress = null;
    released.countDown();
  }

  /** Opens when the thread is given back. */
  public synchronized CountDownLatch released() {
    return released;
  }

  /** A step of the rebuild runs, or has brought it to this state. */
  public synchronized void at(RebuildState newState) {
    state = newState;
    progress = null;
  }

  public synchronized void progress(String line) {
    progress = line;
  }

  public synchronized void failed(String error) {
    lastError = error;
    progress = null;
  }

  public synchronized void succeeded() {
    lastError = null;
  }
}
