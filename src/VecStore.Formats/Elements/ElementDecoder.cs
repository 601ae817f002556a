using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace VecStore.Formats.Elements;

/// <summary>Stored elements to float32: exact where float32 can hold them, else rounded to nearest even.</summary>
internal static class ElementDecoder
{
    public static int Width(StoredElement element) => element switch
    {
        StoredElement.Float64 or StoredElement.Int64 or StoredElement.UInt64 => 8,
        StoredElement.Float32 or StoredElement.Int32 or StoredElement.UInt32 => 4,
        StoredElement.Float16 or StoredElement.BFloat16 or StoredElement.Int16 or StoredElement.UInt16 => 2,
        StoredElement.Int8 or StoredElement.UInt8 or StoredElement.Bool => 1,
        _ => throw new ArgumentOutOfRangeException(nameof(element), element, "has no fixed width"),
    };

    /// <summary>What float32 loses of this type, for the notes; null if nothing.</summary>
    public static string? Loss(StoredElement element) => element switch
    {
        StoredElement.Float64 => "float64 elements are rounded to float32",
        StoredElement.Int32 or StoredElement.UInt32 or StoredElement.Int64 or StoredElement.UInt64 =>
            "integer elements are rounded to float32, exact up to 16,777,216",
        _ => null,
    };

    /// <summary>Decodes; big-endian bytes are reversed in place first.</summary>
    public static void Decode(StoredElement element, bool bigEndian, Span<byte> bytes, Span<float> results)
    {
        if (bigEndian) Reverse(Width(element), bytes);
        switch (element)
        {
            case StoredElement.Float32: MemoryMarshal.Cast<byte, float>(bytes).CopyTo(results); break;
            case StoredElement.Float16: Halves(MemoryMarshal.Cast<byte, ushort>(bytes), results); break;
            case StoredElement.BFloat16: BFloats(MemoryMarshal.Cast<byte, ushort>(bytes), results); break;
            case StoredElement.Float64: Convert<double>(bytes, results); break;
            case StoredElement.Int8: Convert<sbyte>(bytes, results); break;
            case StoredElement.UInt8: Convert<byte>(bytes, results); break;
            case StoredElement.Int16: Convert<short>(bytes, results); break;
            case StoredElement.UInt16: Convert<ushort>(bytes, results); break;
            case StoredElement.Int32: Convert<int>(bytes, results); break;
            case StoredElement.UInt32: Convert<uint>(bytes, results); break;
            case StoredElement.Int64: Convert<long>(bytes, results); break;
            case StoredElement.UInt64: Convert<ulong>(bytes, results); break;
            case StoredElement.Bool:
                for (int i = 0; i < bytes.Length; i++) results[i] = bytes[i] == 0 ? 0 : 1;
                break;
            default: throw new ArgumentOutOfRangeException(nameof(element), element, "has no fixed width");
        }
    }

    private static void Convert<T>(ReadOnlySpan<byte> bytes, Span<float> results) where T : unmanaged, INumberBase<T>
    {
        ReadOnlySpan<T> values = MemoryMarshal.Cast<byte, T>(bytes);
        for (int i = 0; i < values.Length; i++) results[i] = float.CreateTruncating(values[i]);
    }

    // binary16 shifted into binary32's fields is 2^112 times too small, subnormals included; infinity and NaN need the full exponent.
    private static void Halves(ReadOnlySpan<ushort> halves, Span<float> results)
    {
        int i = 0;
        for (; i <= halves.Length - Vector<ushort>.Count; i += Vector<ushort>.Count)
        {
            Vector.Widen(new Vector<ushort>(halves[i..]), out Vector<uint> low, out Vector<uint> high);
            Widen(low).CopyTo(results[i..]);
            Widen(high).CopyTo(results[(i + Vector<uint>.Count)..]);
        }
        for (; i < halves.Length; i++) results[i] = (float)BitConverter.UInt16BitsToHalf(halves[i]);

        static Vector<float> Widen(Vector<uint> half)
        {
            Vector<uint> magnitude = half & new Vector<uint>(0x7FFF);
            Vector<uint> special = Vector.GreaterThanOrEqual(magnitude, new Vector<uint>(0x7C00)) & new Vector<uint>(0x7F80_0000);
            Vector<float> scaled = Vector.AsVectorSingle(magnitude << 13) * new Vector<float>(BitConverter.UInt32BitsToSingle(239u << 23));
            return Vector.AsVectorSingle(Vector.AsVectorUInt32(scaled) | special | ((half & new Vector<uint>(0x8000)) << 16));
        }
    }

    private static void BFloats(ReadOnlySpan<ushort> upper, Span<float> results)
    {
        Span<uint> bits = MemoryMarshal.Cast<float, uint>(results);
        int i = 0;
        for (; i <= upper.Length - Vector<ushort>.Count; i += Vector<ushort>.Count)
        {
            Vector.Widen(new Vector<ushort>(upper[i..]), out Vector<uint> low, out Vector<uint> high);
            (low << 16).CopyTo(bits[i..]);
            (high << 16).CopyTo(bits[(i + Vector<uint>.Count)..]);
        }
        for (; i < upper.Length; i++) bits[i] = (uint)upper[i] << 16;
    }

    private static void Reverse(int width, Span<byte> bytes)
    {
        switch (width)
        {
            case 2: Swap(MemoryMarshal.Cast<byte, ushort>(bytes), BinaryPrimitives.ReverseEndianness); break;
            case 4: Swap(MemoryMarshal.Cast<byte, uint>(bytes), BinaryPrimitives.ReverseEndianness); break;
            case 8: Swap(MemoryMarshal.Cast<byte, ulong>(bytes), BinaryPrimitives.ReverseEndianness); break;
        }

        static void Swap<T>(Span<T> values, ReverseAll<T> reverse) => reverse(values, values);
    }

    private delegate void ReverseAll<T>(ReadOnlySpan<T> source, Span<T> destination);
}
