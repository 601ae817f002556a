using System.Globalization;
using VecStore.Storage;

namespace VecStore.Analysis;

/// <summary>Counts of co-occurrence as attachments of a collection.</summary>
public static class SnapshotCooccurrence
{
    /// <summary>The name under which counts are kept when no other is given.</summary>
    public const string DefaultName = "cooccurrence";

    private const string Section = "COOC";

    /// <summary>Stores counts beside the rows of a collection; one of that name is replaced.</summary>
    /// <param name="collection">The collection.</param>
    /// <param name="name">The name of the attachment.</param>
    /// <param name="counts">The counts.</param>
    /// <param name="rule">How tokens became blocks.</param>
    /// <param name="source">What was counted: the name of the firings.</param>
    public static AttachmentEntry PublishCooccurrence(this VectorCollection collection, string name, CooccurrenceCounts counts, string rule, string source = "") =>
        collection.PublishAttachment(name, FileKind.Statistics, writer =>
        {
            writer.BeginSection(Section);
            using BinaryWriter binary = new(new SectionStream(writer));
            counts.Write(binary);
        }, source, () => new Dictionary<string, string>
        {
            ["statistic"] = CooccurrenceCounts.StateName,
            ["rule"] = rule,
            ["features"] = counts.FeatureCount.ToString(CultureInfo.InvariantCulture),
            ["blocks"] = counts.Blocks.ToString(CultureInfo.InvariantCulture),
        });

    /// <summary>Reads the counts of a collection into memory; dispose them.</summary>
    /// <exception cref="KeyNotFoundException">There are none of that name.</exception>
    /// <exception cref="StoreCorruptException">The file is damaged or gone.</exception>
    public static unsafe CooccurrenceCounts ReadCooccurrence(this Snapshot snapshot, string name = DefaultName)
    {
        using Attachment attachment = snapshot.OpenAttachment(name);
        if (!attachment.File.TryGet(Section, out MappedSection? section))
            throw new KeyNotFoundException($"The attachment \"{name}\" of \"{snapshot.Collection}\" holds no counts of co-occurrence.");
        section.EnsureAll();
        try
        {
            using BinaryReader reader = new(new UnmanagedMemoryStream(section.Base, section.Length));
            return CooccurrenceCounts.Read(reader);
        }
        catch (Exception damage) when (damage is InvalidDataException or EndOfStreamException or FormatException)
        {
            throw section.Corrupt(0, "counts of co-occurrence", damage.Message);
        }
    }

    private sealed class SectionStream(SectionFileWriter writer) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => writer.Position;

        public override long Position
        {
            get => writer.Position;
            set => throw new NotSupportedException();
        }

        public override void Write(byte[] buffer, int offset, int count) => writer.Write(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer) => writer.Write(buffer);

        public override void Flush() { }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
