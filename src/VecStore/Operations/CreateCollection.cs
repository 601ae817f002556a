using VecStore.Storage;

namespace VecStore.Operations;

/// <summary>Makes, compares and drops collections.</summary>
internal static class CreateCollection
{
    private const int MaxNameLength = 128;
    private const int MaxDimension = 65_536;

    public static VectorCollection Run(VectorStore store, string name, CollectionSchema schema)
    {
        Check(name, schema);
        lock (store.WriteGate)
        {
            store.ThrowIfNotWritable();
            if (store.TryGet(name, out _)) throw new ArgumentException($"There is already a collection \"{name}\" in {store.Path}.", nameof(name));
            int id = store.Manifest.NextCollectionId;
            schema = schema with { Fields = [.. schema.Fields] };
            var entry = new CollectionEntry { Id = id, Name = name, Schema = schema, SealedThrough = store.LastSequence, Index = IndexOf(store) };
            PublishManifest.Write(store, [.. store.Manifest.Collections, entry], nextCollectionId: id + 1);
            var collection = new VectorCollection(store, id, name, schema, store.LastSequence);
            store.Add(collection);
            return collection;
        }
    }

    public static bool Drop(VectorStore store, string name)
    {
        lock (store.MaintenanceGate)
            lock (store.WriteGate)
            {
                store.ThrowIfNotWritable();
                if (!store.TryGet(name, out VectorCollection? collection)) return false;
                CollectionEntry entry = store.Manifest.Collections.Single(e => e.Id == collection.Id);
                PublishManifest.Write(store, [.. store.Manifest.Collections.Where(e => e.Id != collection.Id)]);
                collection.IsDropped = true;
                store.Remove(collection);
                PublishManifest.RemoveFiles(store, entry, null);
                UnfinishedLoads.RemoveUseless(store);
                collection.Current.Release();
                return true;
            }
    }

    public static void RequireSame(string name, CollectionSchema existing, CollectionSchema wanted)
    {
        void Require<T>(string what, T has, T asked)
        {
            if (!EqualityComparer<T>.Default.Equals(has, asked))
                throw new ArgumentException($"The collection \"{name}\" has {what} {has}, not {asked}.", nameof(wanted));
        }

        Require("dimension", existing.Dimension, wanted.Dimension);
        Require("metric", existing.Metric, wanted.Metric);
        Require("element type", existing.ElementType, wanted.ElementType);
        Require("keys of kind", existing.KeyKind, wanted.KeyKind);
        foreach (FieldSchema field in wanted.Fields) Require($"field \"{field.Name}\" of type", existing.Fields[Fields.Column(existing, field.Name)].Type, field.Type);
    }

    public static void CheckFields(IReadOnlyList<FieldSchema> fields)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        if (fields.Count > ushort.MaxValue) throw new ArgumentException($"{fields.Count} fields; at most {ushort.MaxValue} are allowed.", nameof(fields));
        foreach (FieldSchema field in fields)
        {
            if (string.IsNullOrWhiteSpace(field.Name) || field.Name.Length > MaxNameLength || field.Name.Contains('`', StringComparison.Ordinal) || field.Name.Any(char.IsControl))
                throw new ArgumentException($"\"{field.Name}\" is not a field name: 1 to {MaxNameLength} characters, no ` and no control characters.", nameof(fields));
            if (!Enum.IsDefined(field.Type)) throw new ArgumentException($"Field \"{field.Name}\" has type {field.Type}, which does not exist.", nameof(fields));
            if (!names.Add(field.Name)) throw new ArgumentException($"There are two fields \"{field.Name}\".", nameof(fields));
        }
    }

    private static IndexSettings IndexOf(VectorStore store) => new()
    {
        M = store.Options.Index.M,
        EfConstruction = store.Options.Index.EfConstruction,
        Seed = (long)store.Options.Index.Seed,
    };

    private static void Check(string name, CollectionSchema schema)
    {
        ArgumentNullException.ThrowIfNull(schema);
        if (string.IsNullOrWhiteSpace(name) || name.Length > MaxNameLength || name.Any(char.IsControl))
            throw new ArgumentException($"\"{name}\" is not a collection name: 1 to {MaxNameLength} characters, no control characters.", nameof(name));
        if (schema.Dimension is < 1 or > MaxDimension)
            throw new ArgumentException($"The dimension is {schema.Dimension}; 1 to {MaxDimension} are allowed.", nameof(schema));
        if (!Enum.IsDefined(schema.Metric)) throw new ArgumentException($"The metric {schema.Metric} does not exist.", nameof(schema));
        if (!Enum.IsDefined(schema.ElementType)) throw new ArgumentException($"The element type {schema.ElementType} does not exist.", nameof(schema));
        if (!Enum.IsDefined(schema.KeyKind)) throw new ArgumentException($"The kind of key {schema.KeyKind} does not exist.", nameof(schema));
        CheckFields(schema.Fields);
    }
}
