using System.Runtime.Intrinsics;
using VecStore.Kernels;

namespace VecStore.Analysis;

/// <summary>
/// The active features of rows. A blocked float32 product finds the features that may be active, within a proven bound of its rounding; these are computed again
/// in double and rounded to float32 once, and the choice is made among these numbers: the same on every machine and for any number of threads. Among equal ones
/// the lower feature comes first.
/// </summary>
/// <remarks>Memory: the encoder once more, in panels. Cost of a row: features x inputs fused multiply-adds in float32, candidates x inputs in double.</remarks>
internal sealed unsafe class SparseEncoder : IDisposable
{
    private const int FeaturesAtATime = 1024;

    private readonly SparseAutoencoder model;
    private readonly NativeBlock<float> panels;
    private readonly float[] shift; // what is added to a product before it is compared
    private readonly double bound; // |float product - exact one| <= bound * |x|

    public SparseEncoder(SparseAutoencoder model)
    {
        if (!double.IsFinite(model.InputScale)) throw new InvalidOperationException("the scale of the inputs is not known: the file does not hold it; state it");
        this.model = model;
        int dimension = model.InputDimension;
        panels = new(PanelProduct.PackedLength(model.FeatureCount, dimension));
        shift = new float[PanelProduct.Panels(model.FeatureCount) * PanelProduct.Width];
        Array.Fill(shift, float.NegativeInfinity);
        fixed (float* rows = model.Encoder.Span) PanelProduct.Pack(new(rows, model.FeatureCount, dimension), panels.Base);
        double longest = 0, greatest = 0;
        for (int feature = 0; feature < model.FeatureCount; feature++)
        {
            double square = 0;
            foreach (float value in model.EncoderRow(feature)) square += (double)value * value;
            longest = Math.Max(longest, square);
            shift[feature] = model.EncoderBias[feature] - Threshold(feature);
            greatest = Math.Max(greatest, Math.Abs(model.EncoderBias[feature]) + Math.Abs(Threshold(feature)));
        }
        // d products and the rounding of x and of the shift; Cauchy-Schwarz for the sum of |x y|.
        bound = (dimension + 8) * Math.ScaleB(1, -24) * 1.01 * Math.Sqrt(longest);
        constantBound = Math.ScaleB(1, -22) * greatest;
    }

    private readonly double constantBound;

    /// <summary>The active features of consecutive rows: for each the features, ascending, and their activations, appended to the block's lists.</summary>
    public void Encode(ReadOnlySpan<float> rows, SparseBlock block, float least)
    {
        int dimension = model.InputDimension, count = rows.Length / dimension;
        block.Begin(count, dimension, FeaturesAtATime);
        for (int row = 0; row < count; row++)
        {
            Prepare(rows.Slice(row * dimension, dimension), block.Exact(row));
            double square = 0;
            Span<double> exact = block.Exact(row);
            Span<float> rounded = block.Rounded(row);
            for (int i = 0; i < dimension; i++)
            {
                rounded[i] = (float)exact[i];
                square += exact[i] * exact[i];
            }
            block.Candidates[row].Begin(model.Activation is SparseActivation.TopK { K: var k } ? k : 0, bound * Math.Sqrt(square) + constantBound);
        }
        for (int first = 0; first < shift.Length; first += FeaturesAtATime)
        {
            int features = Math.Min(FeaturesAtATime, shift.Length - first);
            PanelProduct.Multiply(new(block.Rows, count, dimension), panels.Base + (long)first * dimension, PanelProduct.Panels(features), block.Products, FeaturesAtATime);
            for (int row = 0; row < count; row++) block.Candidates[row].Offer(block.Products + (long)row * FeaturesAtATime, shift.AsSpan(first, features), first);
        }
        for (int row = 0; row < count; row++) Decide(block, row, least);
    }

    public void Dispose() => panels.Dispose();

    // n(x) s - b_dec.
    private void Prepare(ReadOnlySpan<float> row, Span<double> result)
    {
        double mean = 0, factor = model.InputScale;
        if (model.Normalization != InputNormalization.None)
        {
            double sum = 0, square = 0;
            foreach (float value in row) sum += value;
            if (model.Normalization == InputNormalization.LayerNorm) mean = sum / row.Length;
            foreach (float value in row) square += (value - mean) * (value - mean);
            factor *= model.Normalization == InputNormalization.LayerNorm ? 1 / (Math.Sqrt(square / Math.Max(1, row.Length - 1)) + 1e-5)
                : square > 0 ? Math.Sqrt(row.Length / square) : 1;
        }
        for (int i = 0; i < row.Length; i++) result[i] = (row[i] - mean) * factor - (model.SubtractDecoderBias ? model.DecoderBias[i] : 0);
    }

    private float Threshold(int feature) => model.Activation switch
    {
        SparseActivation.JumpRelu => Math.Max(0, model.Thresholds?[feature] ?? 0),
        SparseActivation.BatchTopK batch => Math.Max(0, batch.Threshold),
        _ => 0,
    };

    private void Decide(SparseBlock block, int row, float least)
    {
        SparseCandidates candidates = block.Candidates[row];
        candidates.Cut();
        Span<double> exact = block.Exact(row);
        int kept = 0;
        Span<int> features = candidates.Features;
        Span<float> values = candidates.Values();
        for (int i = 0; i < features.Length; i++)
        {
            float value = (float)Activate(features[i], Product(exact, model.EncoderRow(features[i])));
            if (value <= 0) continue;
            (features[kept], values[kept]) = (features[i], value);
            kept++;
        }
        features = features[..kept];
        values = values[..kept];
        if (model.Activation is SparseActivation.TopK { K: var k } && kept > k)
        {
            values.Sort(features, static (left, right) => right.CompareTo(left));
            // Among equals the lower feature: those equal to the last may stand in any order.
            int from = values.IndexOf(values[k - 1]), to = values.LastIndexOf(values[k - 1]) + 1;
            features[from..to].Sort();
            features = features[..k];
            values = values[..k];
        }
        features.Sort(values);
        for (int i = 0; i < features.Length; i++)
        {
            if (values[i] > least) block.Add(features[i], values[i]);
        }
        block.EndRow();
    }

    private double Activate(int feature, double product)
    {
        double pre = product + model.EncoderBias[feature];
        if (model.Activation is SparseActivation.Gated)
            return pre > 0 ? Math.Exp(model.MagnitudeLogScale![feature]) * product + model.MagnitudeBias![feature] : 0;
        return pre > Threshold(feature) ? pre : 0;
    }

    // Sixteen sums whatever the machine's registers, added in one order.
    private static double Product(ReadOnlySpan<double> x, ReadOnlySpan<float> weights)
    {
        Vector512<double> low = Vector512<double>.Zero, high = low;
        int i = 0;
        fixed (double* left = x)
        fixed (float* right = weights)
        {
            for (; i <= x.Length - 16; i += 16)
            {
                (Vector256<double> a, Vector256<double> b) = Vector256.Widen(Vector256.Load(right + i));
                (Vector256<double> c, Vector256<double> d) = Vector256.Widen(Vector256.Load(right + i + 8));
                low = Vector512.FusedMultiplyAdd(Vector512.Load(left + i), Vector512.Create(a, b), low);
                high = Vector512.FusedMultiplyAdd(Vector512.Load(left + i + 8), Vector512.Create(c, d), high);
            }
        }
        Vector512<double> both = low + high;
        double sum = 0;
        for (int lane = 0; lane < 8; lane++) sum += both[lane];
        for (; i < x.Length; i++) sum = Math.FusedMultiplyAdd(x[i], weights[i], sum);
        return sum;
    }
}
