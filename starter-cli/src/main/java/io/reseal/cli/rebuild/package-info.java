/** Rebuilds: begun, followed, steered, their failures explained. */
package io.reseal.cli.rebuild;
