using VecStore.Storage;
using VecStore.Testing;

namespace VecStore.Tests;

public sealed class AttachmentTests
{
    private const string Path = "s.vecstore";
    private readonly FaultFiles _files = new(trace: false);

    private StoreOptions Options => new() { Files = _files, CreateIfMissing = true, Maintenance = Maintenance.Manual, SealRows = 16, GraphMinRows = 40 };

    [Fact]
    public void A_snapshot_keeps_the_attachment_it_has_when_another_takes_its_place()
    {
        using VectorStore store = VectorStore.Open(Path, Options);
        VectorCollection collection = Rows(store);
        Publish(collection, "a", 1);
        using Snapshot before = collection.TakeSnapshot();
        Publish(collection, "a", 2);
        using Snapshot between = collection.TakeSnapshot();
        Assert.True(collection.DropAttachment("a"));
        Assert.False(collection.DropAttachment("a"));
        using Snapshot after = collection.TakeSnapshot();
        Assert.Equal(1, Content(before, "a"));
        Assert.Equal(2, Content(between, "a"));
        Assert.Empty(after.Attachments);
        Assert.Contains("has no attachment \"a\"; it has none", Assert.Throws<KeyNotFoundException>(() => after.OpenAttachment("a")).Message, StringComparison.Ordinal);
        Assert.DoesNotContain(_files.Paths, path => path.EndsWith(".statistics", StringComparison.Ordinal));
    }

    [Fact]
    public void Rows_written_sealed_and_merged_leave_attachments_alone()
    {
        using (VectorStore store = VectorStore.Open(Path, Options))
        {
            VectorCollection collection = Rows(store);
            Publish(collection, "a", 7);
            for (int i = 0; i < 60; i++) collection.Upsert(i, [i, 1]);
            collection.Delete(5);
            collection.AddFields(new FieldSchema("n", FieldType.Int64));
            collection.Compact();
            collection.RebuildIndex();
        }

        using VectorStore again = VectorStore.Open(Path, Options with { ReadOnly = true });
        using Snapshot snapshot = again["c"].TakeSnapshot();
        Assert.Equal(59, snapshot.Count);
        Assert.Equal(7, Content(snapshot, "a"));
        Assert.Equal(("a", "where it came from", "7"), (snapshot.Attachments[0].Name, snapshot.Attachments[0].Provenance.Source, snapshot.Attachments[0].Provenance.Details["seed"]));
        Assert.True(again.Verify().IsClean);
    }

    [Fact]
    public void An_error_while_it_is_written_publishes_nothing()
    {
        using VectorStore store = VectorStore.Open(Path, Options);
        VectorCollection collection = Rows(store);
        string[] files = [.. _files.Paths];
        Assert.Throws<TimeoutException>(() => collection.PublishAttachment("a", FileKind.Statistics, writer =>
        {
            writer.BeginSection("DATA");
            writer.Write(new byte[100_000]);
            throw new TimeoutException();
        }));
        Assert.Empty(collection.Attachments);
        Assert.Equal(files, _files.Paths);
        Publish(collection, "a", 3); // and the store is none the worse
    }

    [Fact]
    public void What_an_attachment_cannot_be_is_refused()
    {
        using VectorStore store = VectorStore.Open(Path, Options);
        VectorCollection collection = Rows(store);
        Assert.Throws<ArgumentException>(() => collection.PublishAttachment("", FileKind.Statistics, _ => { }));
        Assert.Throws<ArgumentException>(() => collection.PublishAttachment("a\n", FileKind.Statistics, _ => { }));
        Assert.Throws<ArgumentException>(() => collection.PublishAttachment("a", FileKind.Segment, _ => { }));
        store.Drop("c");
        Assert.Throws<InvalidOperationException>(() => Publish(collection, "a", 1));
    }

    /// <summary>Rows do not need it, so the store opens; reading it and verifying say what is wrong, and dropping it is the cure.</summary>
    [Fact]
    public void A_damaged_attachment_is_told_by_reading_and_by_verify_and_can_be_dropped()
    {
        using (VectorStore store = VectorStore.Open(Path, Options)) Publish(Rows(store), "a", 1);
        string path = _files.Paths.Single(path => path.EndsWith(".statistics", StringComparison.Ordinal));
        foreach (int at in (int[])[3, 17, 4_096, 4_300])
        {
            FaultFiles files = _files.KillImage();
            Testing.Damage.FlipBit(files, path, 8L * at);
            using VectorStore store = VectorStore.Open(Path, Options with { Files = files });
            Assert.Equal(path, Assert.Single(store.Verify().Damages).File);
            using (Snapshot snapshot = store["c"].TakeSnapshot())
                Assert.Equal(path, Assert.Throws<StoreCorruptException>(() => Content(snapshot, "a")).File);
            Assert.True(store["c"].DropAttachment("a"));
            Assert.True(store.Verify().IsClean);
        }

        FaultFiles without = _files.KillImage();
        without.Delete(path);
        using VectorStore gone = VectorStore.Open(Path, Options with { Files = without });
        Assert.Equal(path, Assert.Single(gone.Verify().Damages).File);
        Assert.Equal(1, gone["c"].Count);
    }

    private static VectorCollection Rows(VectorStore store)
    {
        VectorCollection collection = store.Create("c", new CollectionSchema(2));
        collection.Upsert(1, [1, 0]);
        return collection;
    }

    private static void Publish(VectorCollection collection, string name, int seed) =>
        collection.PublishAttachment(name, FileKind.Statistics, writer =>
        {
            writer.BeginSection("DATA");
            writer.Write<int>(Enumerable.Repeat(seed, 20_000).ToArray());
        }, "where it came from", () => new Dictionary<string, string> { ["seed"] = $"{seed}" });

    private static int Content(Snapshot snapshot, string name)
    {
        using Attachment attachment = snapshot.OpenAttachment(name);
        MappedSection section = attachment.File["DATA"];
        ReadOnlySpan<int> content = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, int>(section.Read(0, (int)section.Length));
        Assert.Equal(-1, content.IndexOfAnyExcept(content[0]));
        return content[0];
    }
}
