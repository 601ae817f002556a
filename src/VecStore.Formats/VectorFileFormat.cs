namespace VecStore.Formats;

/// <summary>The file formats that hold vectors.</summary>
public enum VectorFileFormat
{
    /// <summary>NumPy array, versions 1 to 3.</summary>
    Npy,

    /// <summary>ZIP archive of NumPy arrays, stored or deflated.</summary>
    Npz,

    /// <summary>Safetensors, one file or sharded with an index.</summary>
    Safetensors,

    /// <summary>word2vec text: a line "rows dimension", then "word v1 .. vD" lines.</summary>
    Word2VecText,

    /// <summary>word2vec binary: a line "rows dimension", then word, space, D little-endian float32.</summary>
    Word2VecBinary,

    /// <summary>GloVe text: "token v1 .. vD" lines without a header; tokens may hold spaces.</summary>
    GloVeText,

    /// <summary>fastText .vec: word2vec text with a space at the end of each line.</summary>
    FastTextVec,

    /// <summary>Per vector an int32 dimension, then float32 elements.</summary>
    Fvecs,

    /// <summary>Per vector an int32 dimension, then int32 elements.</summary>
    Ivecs,

    /// <summary>Per vector an int32 dimension, then unsigned bytes.</summary>
    Bvecs,

    /// <summary>uint32 rows, uint32 dimension, then float32 elements.</summary>
    Fbin,

    /// <summary>uint32 rows, uint32 dimension, then unsigned bytes.</summary>
    U8bin,

    /// <summary>uint32 rows, uint32 dimension, then signed bytes.</summary>
    I8bin,

    /// <summary>Comma-separated values with a vector column or one column per element.</summary>
    Csv,

    /// <summary>Tab-separated values with a vector column or one column per element.</summary>
    Tsv,

    /// <summary>One JSON object a line, with a vector field.</summary>
    JsonLines,

    /// <summary>Nothing but little-endian float32 elements; the dimension must be stated.</summary>
    RawFloat32,

    /// <summary>PyTorch's torch.save: a ZIP archive, or the older sequence of pickles.</summary>
    Torch,

    /// <summary>Arrow IPC, as a stream or a file: a column of lists of floats.</summary>
    Arrow,
}
