using System.Globalization;
using VecStore.Storage;

namespace VecStore;

/// <summary>Where the files of a store are.</summary>
internal sealed class StoreFolder(string root, IStoreFiles files)
{
    public string Root { get; } = root;

    public IStoreFiles Files { get; } = files;

    public string Manifest => Root + "/manifest";

    public string LockFile => Root + "/lock";

    public string Log => Root + "/log";

    public string Data => Root + "/data";

    public string Staging => Root + "/staging";

    public string DataFile(string name) => Data + "/" + name;

    public static string SegmentName(long id) => Name(id, "segment");

    public static string GraphName(long id) => Name(id, "graph");

    public static string DeletedName(long id) => Name(id, "deleted");

    public static string AttachmentName(long id, FileKind kind) => Name(id, kind switch
    {
        FileKind.Firings => "firings",
        FileKind.Statistics => "statistics",
        FileKind.Weights => "weights",
        _ => throw new ArgumentException($"An attachment cannot be a file of kind {kind}; {FileKind.Firings}, {FileKind.Statistics} and {FileKind.Weights} are allowed.", nameof(kind)),
    });

    private static string Name(long id, string kind) => string.Create(CultureInfo.InvariantCulture, $"{id:D8}.{kind}");
}
