using System.Globalization;
using VecStore.Storage;

namespace VecStore.Analysis;

/// <summary>Firings as attachments of a collection.</summary>
public static class SnapshotFirings
{
    /// <summary>The name under which firings are kept when no other is given.</summary>
    public const string DefaultName = "firings";

    /// <summary>Stores firings beside the rows of a collection, all at once and durable when it returns; one of that name is replaced.</summary>
    /// <param name="collection">The collection.</param>
    /// <param name="name">The name of the attachment.</param>
    /// <param name="featureCount">Features are numbered below this.</param>
    /// <param name="write">Writes the documents, in order.</param>
    /// <param name="options">Precision and memory.</param>
    /// <param name="source">Where the firings come from.</param>
    /// <param name="details">What else is worth knowing of them.</param>
    /// <param name="progress">Told the share of the rows by feature that is written, after the documents.</param>
    /// <param name="cancellation">Breaks it off: nothing is published.</param>
    public static AttachmentEntry PublishFirings(
        this VectorCollection collection, string name, int featureCount, Action<IFiringSink> write, FiringOptions? options = null, string source = "",
        IReadOnlyDictionary<string, string>? details = null, IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        FiringFileWriter? firings = null;
        return collection.PublishAttachment(name, FileKind.Firings, writer =>
        {
            firings = new(writer, featureCount, options);
            write(firings);
            firings.Complete(progress, cancellation);
        }, source, () => new Dictionary<string, string>(details ?? new Dictionary<string, string>())
        {
            ["features"] = featureCount.ToString(CultureInfo.InvariantCulture),
            ["documents"] = firings!.DocumentCount.ToString(CultureInfo.InvariantCulture),
            ["tokens"] = firings.TokenCount.ToString(CultureInfo.InvariantCulture),
            ["firings"] = firings.FiringCount.ToString(CultureInfo.InvariantCulture),
        });
    }

    /// <summary>Opens the firings of a collection; dispose them.</summary>
    /// <exception cref="KeyNotFoundException">There are none of that name.</exception>
    /// <exception cref="StoreCorruptException">The file is damaged or gone, or holds something else.</exception>
    public static FiringStore OpenFirings(this Snapshot snapshot, string name = DefaultName)
    {
        Attachment attachment = snapshot.OpenAttachment(name);
        try
        {
            return attachment.Entry.Kind == FileKind.Firings
                ? new FiringStore(attachment)
                : throw new KeyNotFoundException($"The attachment \"{name}\" of \"{snapshot.Collection}\" holds {attachment.Entry.Kind}, not {FileKind.Firings}.");
        }
        catch
        {
            attachment.Dispose();
            throw;
        }
    }
}
