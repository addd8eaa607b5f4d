package io.reseal.catalog;

import java.util.Optional;
import org.jdbi.v3.sqlobject.customizer.Bind;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;

/** SQL on the table {@code catalog_identity}, which has one row. */
interface IdentityTable {

  @SqlQuery("SELECT id FROM catalog_identity")
  Optional<String> find();

  @SqlUpdate("INSERT IGNORE INTO catalog_identity (id) VALUES (:id)")
  void insertIfAbsent(@Bind("id") String id);
}
