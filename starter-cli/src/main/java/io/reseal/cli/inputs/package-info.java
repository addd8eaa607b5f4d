/** What rebuilds are made from: sectors' facts from all sources, and pieces. */
package io.reseal.cli.inputs;
