using VecStore.Kernels;

namespace VecStore.Indexing;

/// <summary>Runs a step with the element type of rows as its type argument: decided once for a search.</summary>
internal static class ElementTypes
{
    public static TResult Run<TStep, TResult>(ElementType type, TStep step) where TStep : struct, IElementStep<TResult>, allows ref struct => type switch
    {
        ElementType.Float32 => step.Run<float>(),
        ElementType.Float16 => step.Run<Half>(),
        ElementType.BFloat16 => step.Run<BFloat16>(),
        ElementType.Int8 => step.Run<sbyte>(),
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "no such element type"),
    };
}

/// <summary>See <see cref="ElementTypes.Run"/>.</summary>
internal interface IElementStep<TResult>
{
    TResult Run<T>() where T : unmanaged;
}
