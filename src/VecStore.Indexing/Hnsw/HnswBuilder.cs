using System.Runtime.InteropServices;
using VecStore.Kernels;
using VecStore.Storage;

namespace VecStore.Indexing;

/// <summary>Builds the graph of a segment and writes it to a file (Malkov and Yashunin, 2018; levels, algorithms 1, 2 and 4).</summary>
public static unsafe class HnswBuilder
{
    /// <summary>
    /// Builds a graph over all the rows and writes its sections and properties; the caller completes the file. The same rows, options
    /// and seed give the same bytes at any number of threads. Progress is the number of nodes inserted.
    /// </summary>
    public static void Build(VectorRows rows, Metric metric, HnswOptions options, SectionFileWriter into,
        IProgress<int>? progress = null, CancellationToken cancellation = default)
    {
        options.Check();
        ElementTypes.Run<BuildStep, int>(rows.ElementType, new BuildStep(rows, metric, options, into, progress, cancellation));
    }

    private readonly struct BuildStep(VectorRows rows, Metric metric, HnswOptions options, SectionFileWriter into, IProgress<int>? progress,
        CancellationToken cancellation) : IElementStep<int>
    {
        public int Run<T>() where T : unmanaged
        {
            var scorer = new RowScorer<T>(rows, metric);
            var order = new InsertionOrder(rows.Count, options.M, options.Seed);
            float[] mean = CodeTable.Mean(scorer, metric, options.ThreadCount, cancellation);
            using NativeBlock codes = Encode(scorer, order, mean);
            if (options.Traversal == Traversal.Codes)
                Build(new CodeSpace(codes.Base, CodeTable.Stride(rows.Dimension), rows.Count, rows.Dimension), scorer, order, mean, codes);
            else
                fixed (int* rowOf = order.RowOf) Build(new RowSpace<T>(scorer, metric, rowOf), scorer, order, mean, codes);
            return 0;
        }

        private NativeBlock Encode<T>(RowScorer<T> scorer, InsertionOrder order, float[] mean) where T : unmanaged
        {
            int dimension = rows.Dimension, stride = CodeTable.Stride(dimension);
            var codes = new NativeBlock(((long)rows.Count * stride) + 64);
            byte* records = codes.Base;
            Metric metric_ = metric;
            try
            {
                const int chunk = 1024;
                Parallel.For(0, (rows.Count + chunk - 1) / chunk, new ParallelOptions { MaxDegreeOfParallelism = options.ThreadCount, CancellationToken = cancellation }, part =>
                {
                    var vector = new float[dimension];
                    fixed (float* x = vector)
                    {
                        for (int node = part * chunk; node < Math.Min(order.RowOf.Length, (part + 1) * chunk); node++)
                        {
                            scorer.Decode(order.RowOf[node], x);
                            if (metric_ == Metric.Cosine) Norm.Normalize(vector);
                            CodeTable.Encode(vector, mean, metric_, records + ((long)node * stride));
                        }
                    }
                });
                return codes;
            }
            catch
            {
                codes.Dispose();
                throw;
            }
        }

        private void Build<TSpace, T>(TSpace space, RowScorer<T> scorer, InsertionOrder order, float[] mean, NativeBlock codes)
            where TSpace : struct, IVectorSpace
            where T : unmanaged
        {
            using var build = new GraphBuild<TSpace>(space, rows.Dimension, order, options);
            Action<int>? report = progress == null ? null : progress.Report;
            int held = GraphProbe.HeldOut(rows.Count);
            build.Insert(0, rows.Count - held, report, cancellation);
            ProbeStep[] probe = held == 0 ? [] : GraphProbe.Run(build, space, scorer, metric, order, options.Traversal == Traversal.Codes);
            build.Insert(rows.Count - held, rows.Count, report, cancellation);
            Reachability.Connect(build, space);
            Write(build.Levels, order, mean, codes, probe);
        }

        private void Write(BuildLevel[] levels, InsertionOrder order, float[] mean, NativeBlock codes, ProbeStep[] probe)
        {
            int stride = CodeTable.Stride(rows.Dimension);
            var properties = new GraphProperties
            {
                Layout = GraphProperties.CurrentLayout,
                Nodes = rows.Count,
                Dimension = rows.Dimension,
                Metric = (byte)metric,
                BuiltOn = (byte)options.Traversal,
                Levels = (ushort)levels.Length,
                M = options.M,
                EfConstruction = options.EfConstruction,
                Seed = options.Seed,
                RecordBytes = stride,
                Probes = probe.Length,
            };
            for (int step = 0; step < probe.Length; step++) properties.Probe[step] = probe[step];
            for (int level = 0; level < levels.Length; level++) properties.NodesAtLevel[level] = levels[level].Nodes;
            into.SetProperties(MemoryMarshal.AsBytes(new ReadOnlySpan<GraphProperties>(in properties)));

            uint[] insertedAt = NodeOrder.BreadthFirst(levels[0]);
            var placeOf = new uint[insertedAt.Length];
            for (int place = 0; place < insertedAt.Length; place++) placeOf[insertedAt[place]] = (uint)place;

            into.BeginSection(HnswGraph.MeanTag);
            into.Write(MemoryMarshal.AsBytes<float>(mean));
            into.BeginSection(HnswGraph.RowsTag);
            foreach (uint node in insertedAt) WriteInt((uint)order.RowOf[node]);
            into.BeginSection(HnswGraph.UpperTag);
            if (levels.Length > 1)
            {
                for (int node = 0; node < levels[1].Nodes; node++) WriteInt(placeOf[node]);
                foreach (BuildLevel level in levels[1..])
                {
                    for (uint node = 0; node < level.Nodes; node++) into.Write(new ReadOnlySpan<byte>(level.LinksOf(node), level.Slots * sizeof(uint)));
                }
            }
            into.BeginSection(HnswGraph.LinksTag);
            int slots = levels[0].Slots;
            var list = new uint[slots];
            foreach (uint node in insertedAt)
            {
                uint* links = levels[0].LinksOf(node);
                for (int i = 0; i < slots; i++) list[i] = links[i] == GraphLayout.NoNode ? GraphLayout.NoNode : placeOf[links[i]];
                into.Write(MemoryMarshal.AsBytes<uint>(list));
            }
            into.BeginSection(HnswGraph.CodesTag);
            foreach (uint node in insertedAt) into.Write(new ReadOnlySpan<byte>(codes.Base + ((long)node * stride), stride));
            into.Write(stackalloc byte[64]);
        }

        private void WriteInt(uint value) => into.Write(MemoryMarshal.AsBytes(new ReadOnlySpan<uint>(in value)));
    }
}
