using VecStore.Storage;

namespace VecStore.Operations;

/// <summary>Brings back what was committed but not yet sealed: the log's records behind the manifest's checkpoint, applied as they were at commit.</summary>
internal static class Recover
{
    public static void Replay(VectorStore store)
    {
        Manifest manifest = store.Manifest;
        void Apply(long sequence, ReadOnlySpan<byte> record)
        {
            store.LastSequence = Math.Max(store.LastSequence, sequence);
            BatchRecordReader reader = BatchRecordReader.Open(record);
            int id = reader.Collection;
            VectorCollection? collection = store.AllCollections.FirstOrDefault(c => c.Id == id);
            if (collection is null || sequence <= collection.SealedThrough) return; // dropped since, or sealed already
            Commit.MakeRoom(collection, reader.Upserts);
            Commit.Apply(collection, record, sequence);
        }

        store.LastSequence = manifest.LastSequence;
        lock (store.WriteGate)
        {
            if (store.IsReadOnly)
            {
                FasterWriteAheadLog.Replay(store.Files, store.Folder.Log, manifest.LogCheckpoint, manifest.LastSequence, Apply);
                return;
            }

            LogDurability durability = store.Options.Durability == Durability.Os ? LogDurability.Os : LogDurability.Full;
            FasterWriteAheadLog log = FasterWriteAheadLog.Open(store.Files, store.Folder.Log, durability, manifest.LogCheckpoint, manifest.LastSequence, Apply);
            store.UseLog(log);

            // What a process that died had not flushed is shown from now on: it must not be gone after a loss of power.
            if (log.CommittedSequence < log.LastSequence) log.Flush();
        }
    }
}
