namespace VecStore.Operations;

/// <summary>Adds metadata fields to a collection.</summary>
internal static class AlterFields
{
    public static void Run(VectorCollection collection, ReadOnlySpan<FieldSchema> fields)
    {
        VectorStore store = collection.Store;
        var added = new List<FieldSchema>();
        lock (store.MaintenanceGate)
        {
            lock (store.WriteGate)
            {
                // Memory segments have as many columns as they were made with: all are sealed, and no row may come in between.
                Seal.Run(collection, CancellationToken.None);
                CollectionSchema schema = collection.Schema;
                foreach (FieldSchema field in fields)
                {
                    FieldSchema? same = schema.Fields.FirstOrDefault(f => string.Equals(f.Name, field.Name, StringComparison.Ordinal));
                    if (same is null) added.Add(field);
                    else if (same.Type != field.Type)
                        throw new ArgumentException($"The collection \"{collection.Name}\" has a field \"{field.Name}\" of type {same.Type}, not {field.Type}.", nameof(fields));
                }

                if (added.Count == 0) return;
                schema = schema with { Fields = [.. schema.Fields, .. added] };
                CreateCollection.CheckFields(schema.Fields);

                // The empty memory segment at the end has the old columns: the next write makes a new one.
                SegmentView[] views = [.. collection.Current.Views.Where(view => !view.Handle.IsMemory)];
                PublishManifest.Run(collection, views, collection.SealedThrough, schema);
            }
        }
    }
}
