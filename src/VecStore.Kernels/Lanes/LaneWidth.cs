namespace VecStore.Kernels;

/// <summary>How many bits of a row a kernel handles in one step.</summary>
public enum LaneWidth
{
    /// <summary>One element at a time.</summary>
    Scalar = 32,

    /// <summary>4 floats at a time.</summary>
    Bits128 = 128,

    /// <summary>8 floats at a time.</summary>
    Bits256 = 256,

    /// <summary>16 floats at a time.</summary>
    Bits512 = 512,
}
