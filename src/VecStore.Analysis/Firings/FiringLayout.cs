using System.Runtime.InteropServices;

namespace VecStore.Analysis;

/// <summary>How activations are stored.</summary>
public enum ActivationType
{
    /// <summary>Not at all: every firing has activation 1.</summary>
    None = 0,

    /// <summary>As float32.</summary>
    Float32 = 1,

    /// <summary>As float16: exact for sources of that precision, rounded to nearest even otherwise.</summary>
    Float16 = 2,
}

/// <summary>What a position of a document is.</summary>
public enum FiringUnit
{
    /// <summary>A token of a text.</summary>
    Token = 0,

    /// <summary>A whole block of tokens, of which only the features are known.</summary>
    Block = 1,
}

/// <summary>The properties of a file of firings; FIRINGS.md has their byte table.</summary>
[StructLayout(LayoutKind.Explicit, Size = Size)]
internal struct FiringsProperties
{
    public const int Size = 32;

    [FieldOffset(0)] public int FeatureCount;
    [FieldOffset(4)] public byte ActivationType;
    [FieldOffset(5)] public byte FeatureBytes;
    [FieldOffset(6)] public byte HasTokens;
    [FieldOffset(7)] public byte Unit;
    [FieldOffset(8)] public long DocumentCount;
    [FieldOffset(16)] public long TokenCount;
    [FieldOffset(24)] public long FiringCount;
}

/// <summary>Where the record of a document lies.</summary>
[StructLayout(LayoutKind.Explicit, Size = Size)]
internal struct DocumentEntry
{
    public const int Size = 32;

    [FieldOffset(0)] public long Document;
    [FieldOffset(8)] public long Offset;
    [FieldOffset(16)] public long FirstToken;
    [FieldOffset(24)] public long FirstFiring;
}

/// <summary>Where the record of a feature lies.</summary>
[StructLayout(LayoutKind.Explicit, Size = Size)]
internal struct FeatureEntry
{
    public const int Size = 16;

    [FieldOffset(0)] public long Offset;
    [FieldOffset(8)] public long Count;
}

/// <summary>Where the parts of a record lie, from the start of the record.</summary>
/// <param name="FeatureBytes">2 for up to 65,536 features, otherwise 4.</param>
/// <param name="Activation">How activations are stored.</param>
/// <param name="HasTokens">Whether token ids are.</param>
internal readonly record struct FiringLayout(int FeatureBytes, ActivationType Activation, bool HasTokens)
{
    public const string Documents = "DOCS", DocumentTable = "DTAB", Features = "FEAT", FeatureTable = "FTAB";

    public int ActivationBytes => Activation switch { ActivationType.Float32 => 4, ActivationType.Float16 => 2, _ => 0 };

    /// <summary>Of a document: token ends, token ids, features, activations.</summary>
    public static long TokensAt(long tokens) => 4 * tokens;

    public long FeaturesAt(long tokens) => (HasTokens ? 8 : 4) * tokens;

    public long ActivationsAt(long tokens, long firings) => FeaturesAt(tokens) + Padded(FeatureBytes * firings, 4);

    public long DocumentLength(long tokens, long firings) => Padded(ActivationsAt(tokens, firings) + (ActivationBytes * firings), 8);

    /// <summary>Of a feature: numbers of tokens, activations.</summary>
    public static long FeatureActivationsAt(long count) => 4 * count;

    public long FeatureLength(long count) => Padded((4 + ActivationBytes) * count, 8);

    public static int FeatureBytesOf(int featureCount) => featureCount <= 1 << 16 ? 2 : 4;

    private static long Padded(long length, int multiple) => (length + multiple - 1) / multiple * multiple;
}
