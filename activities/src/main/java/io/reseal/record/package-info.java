/** What is known of a sector: facts, the findings of each source, and the record made from them. */
package io.reseal.record;
