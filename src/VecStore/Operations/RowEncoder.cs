using System.Globalization;
using System.Runtime.InteropServices;
using VecStore.Kernels;

namespace VecStore;

/// <summary>Turns a float32 vector into the bytes of a stored row, and back. A vector that cannot be searched is refused here.</summary>
internal static class RowEncoder
{
    /// <summary>Writes the row's bytes; returns the int8 scale (0 for other types).</summary>
    public static float Encode(CollectionSchema schema, ReadOnlySpan<float> vector, Span<byte> row)
    {
        RequireDimension(schema, vector.Length, nameof(vector));
        RequireFinite(vector);
        switch (schema.ElementType)
        {
            case ElementType.Float32:
                vector.CopyTo(MemoryMarshal.Cast<byte, float>(row));
                return 0;
            case ElementType.Float16:
                Span<Half> halves = MemoryMarshal.Cast<byte, Half>(row);
                Kernels.Convert.ToHalf(vector, halves);
                RequireInRange(vector, MemoryMarshal.Cast<Half, ushort>(halves), 0x7C00, ElementType.Float16);
                return 0;
            case ElementType.BFloat16:
                Span<BFloat16> brains = MemoryMarshal.Cast<byte, BFloat16>(row);
                Kernels.Convert.ToBFloat16(vector, brains);
                RequireInRange(vector, MemoryMarshal.Cast<BFloat16, ushort>(brains), 0x7F80, ElementType.BFloat16);
                return 0;
            default:
                return Kernels.Convert.ToInt8(vector, MemoryMarshal.Cast<byte, sbyte>(row));
        }
    }

    /// <summary>Reads a row's bytes as float32.</summary>
    public static void Decode(ElementType type, ReadOnlySpan<byte> row, float scale, Span<float> vector)
    {
        switch (type)
        {
            case ElementType.Float32: MemoryMarshal.Cast<byte, float>(row)[..vector.Length].CopyTo(vector); break;
            case ElementType.Float16: Kernels.Convert.ToFloat(MemoryMarshal.Cast<byte, Half>(row)[..vector.Length], vector); break;
            case ElementType.BFloat16: Kernels.Convert.ToFloat(MemoryMarshal.Cast<byte, BFloat16>(row)[..vector.Length], vector); break;
            default: Kernels.Convert.ToFloat(MemoryMarshal.Cast<byte, sbyte>(row)[..vector.Length], scale, vector); break;
        }
    }

    /// <summary>1 / length of the row as stored (before any int8 scale); 0 for a zero row.</summary>
    public static float InverseNorm(CollectionSchema schema, ReadOnlySpan<byte> row) => schema.ElementType switch
    {
        ElementType.Float32 => Norm.Inverse<float>(MemoryMarshal.Cast<byte, float>(row)),
        ElementType.Float16 => Norm.Inverse<Half>(MemoryMarshal.Cast<byte, Half>(row)),
        ElementType.BFloat16 => Norm.Inverse<BFloat16>(MemoryMarshal.Cast<byte, BFloat16>(row)),
        _ => Norm.Inverse<sbyte>(MemoryMarshal.Cast<byte, sbyte>(row)),
    };

    public static void RequireDimension(CollectionSchema schema, int length, string parameter)
    {
        if (length != schema.Dimension) throw new ArgumentException($"The vector has dimension {length}, the collection has {schema.Dimension}.", parameter);
    }

    public static void RequireFinite(ReadOnlySpan<float> vector)
    {
        for (int i = 0; i < vector.Length; i++)
        {
            if (!float.IsFinite(vector[i]))
                throw new ArgumentException($"Element {i} of the vector is {vector[i].ToString(CultureInfo.InvariantCulture)}: only finite numbers are allowed.", nameof(vector));
        }
    }

    // Rounding to 16 bits may overflow to infinity: that would be another vector than the one given.
    private static void RequireInRange(ReadOnlySpan<float> vector, ReadOnlySpan<ushort> bits, ushort infinity, ElementType type)
    {
        for (int i = 0; i < bits.Length; i++)
        {
            if ((bits[i] & infinity) == infinity)
                throw new ArgumentException($"Element {i} of the vector is {vector[i].ToString(CultureInfo.InvariantCulture)}: out of the range of {type}.", nameof(vector));
        }
    }
}
