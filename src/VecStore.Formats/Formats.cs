using VecStore.Formats.Bytes;
using VecStore.Formats.Detection;
using VecStore.Formats.Numpy;
using VecStore.Formats.WordVectors;

namespace VecStore.Formats;

/// <summary>From the format to its reader. A reader owns the bytes once it is there.</summary>
internal static class Formats
{
    public static VectorSource Open(ByteSource bytes, SourceOptions options)
    {
        VectorFileFormat format = options.Format ?? FormatDetector.Detect(bytes, options);
        return format switch
        {
            VectorFileFormat.Npy => NpyFile.Open(bytes, options),
            VectorFileFormat.Word2VecText or VectorFileFormat.FastTextVec or VectorFileFormat.GloVeText => new WordTextSource(bytes, format, options),
            VectorFileFormat.Word2VecBinary => new Word2VecBinarySource(bytes, options),
            _ => throw new ArgumentOutOfRangeException(nameof(options), format, "no such format"),
        };
    }
}
