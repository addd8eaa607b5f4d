/** The workflow that ends in the catalog what Temporal no longer runs. */
package io.reseal.reconcile;
