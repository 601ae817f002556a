using VecStore.Formats.Arrow;
using VecStore.Formats.Bytes;
using VecStore.Formats.Detection;
using VecStore.Formats.Numpy;
using VecStore.Formats.Safetensors;
using VecStore.Formats.Tabular;
using VecStore.Formats.Torch;
using VecStore.Formats.Vecs;
using VecStore.Formats.WordVectors;

namespace VecStore.Formats;

/// <summary>From the format to its reader. A reader owns the bytes once it is there.</summary>
internal static class FormatReaders
{
    public static VectorSource Open(ByteSource bytes, SourceOptions options)
    {
        VectorFileFormat format = options.Format ?? FormatDetector.Detect(bytes, options);
        return format switch
        {
            VectorFileFormat.Npy => NpyFile.Open(bytes, options),
            VectorFileFormat.Npz => NpzFile.Open(bytes, options),
            VectorFileFormat.Safetensors => SafetensorsFile.Open(bytes, options),
            VectorFileFormat.Arrow => ArrowSource.Of(bytes, options),
            VectorFileFormat.Torch => TorchSource.Open(bytes, options),
            VectorFileFormat.Word2VecText or VectorFileFormat.FastTextVec or VectorFileFormat.GloVeText => new WordTextSource(bytes, format, options),
            VectorFileFormat.Word2VecBinary => new Word2VecBinarySource(bytes, options),
            VectorFileFormat.Fvecs or VectorFileFormat.Ivecs or VectorFileFormat.Bvecs => new VecsSource(bytes, format, options),
            VectorFileFormat.Fbin or VectorFileFormat.U8bin or VectorFileFormat.I8bin => FlatFile.OpenBin(bytes, format, options),
            VectorFileFormat.Csv or VectorFileFormat.Tsv => CsvSource.Open(bytes, format, options),
            VectorFileFormat.JsonLines => new JsonLinesSource(bytes, options),
            VectorFileFormat.RawFloat32 => FlatFile.OpenRaw(bytes, options),
            _ => throw new ArgumentOutOfRangeException(nameof(options), format, "no such format"),
        };
    }
}
