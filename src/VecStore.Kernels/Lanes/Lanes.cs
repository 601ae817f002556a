using System.Runtime.Intrinsics;

namespace VecStore.Kernels;

/// <summary>
/// The lane width of this process, chosen once: the widest that the processor accelerates, or what the environment variable
/// <c>VECSTORE_LANES</c> says. Within one width every kernel gives the same bits for the same pair (NUMERICS.md).
/// </summary>
public static class Lanes
{
    /// <summary>The environment variable that overrides the choice.</summary>
    public const string Variable = "VECSTORE_LANES";

    private static readonly LaneWidth Chosen = Choose();

    /// <summary>The width in use. Throws <see cref="NotSupportedException"/> when <c>VECSTORE_LANES</c> holds a value that is not allowed.</summary>
    public static LaneWidth Width => Chosen == 0 ? throw Refusal(Environment.GetEnvironmentVariable(Variable)) : Chosen;

    /// <summary>True when the processor has registers of this width.</summary>
    public static bool IsAccelerated(LaneWidth width) => width switch
    {
        LaneWidth.Bits512 => Vector512.IsHardwareAccelerated,
        LaneWidth.Bits256 => Vector256.IsHardwareAccelerated,
        LaneWidth.Bits128 => Vector128.IsHardwareAccelerated,
        _ => true,
    };

    /// <summary>The widths this processor has, widest first.</summary>
    public static LaneWidth[] Available() =>
        [.. new[] { LaneWidth.Bits512, LaneWidth.Bits256, LaneWidth.Bits128, LaneWidth.Scalar }.Where(IsAccelerated)];

    /// <summary>The width that a value of <c>VECSTORE_LANES</c> asks for (null or empty: the widest); false when it is not allowed here.</summary>
    internal static bool TryParse(string? value, out LaneWidth width)
    {
        width = value switch
        {
            null or "" => Available()[0],
            "scalar" => LaneWidth.Scalar,
            "128" => LaneWidth.Bits128,
            "256" => LaneWidth.Bits256,
            "512" => LaneWidth.Bits512,
            _ => 0,
        };
        return width != 0 && IsAccelerated(width);
    }

    // An exception here would reach the caller wrapped in a TypeInitializationException: 0 stands for "refuse at first use".
    private static LaneWidth Choose() => TryParse(Environment.GetEnvironmentVariable(Variable), out LaneWidth width) ? width : 0;

    private static NotSupportedException Refusal(string? value) =>
        new($"{Variable}={value}: allowed on this processor: {string.Join(", ", Available().Reverse().Select(NameOf))}");

    private static string NameOf(LaneWidth width) => width == LaneWidth.Scalar ? "scalar" : $"{(int)width}";
}
