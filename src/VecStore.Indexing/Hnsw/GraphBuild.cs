namespace VecStore.Indexing;

/// <summary>
/// Builds the levels batch by batch. In a batch every new node searches the graph as it stood when the batch began and chooses its
/// neighbours (in parallel); then the links back to it are added, all those of one target by one thread, in order. What comes out
/// therefore does not depend on the number of threads. A batch is at most 2 % of what is built: so few neighbours are missed by not
/// seeing one's batch mates. The scheme is that of ParlayANN (Manohar et al., PPoPP 2024).
/// </summary>
internal sealed unsafe class GraphBuild<TSpace> : IDisposable where TSpace : struct, IVectorSpace
{
    private const int BatchShare = 50;
    private const int Chunk = 8;
    private readonly TSpace _space;
    private readonly int _m;
    private readonly int _efConstruction;
    private readonly int _threads;
    private readonly int[] _countAtLevel;
    private readonly SearchScratch[] _scratch;
    private readonly int[] _firstEdge;
    private int[] _nextEdge = [];
    private readonly uint[] _targets;
    private int _targetCount;

    public GraphBuild(TSpace space, int dimension, InsertionOrder order, HnswOptions options)
    {
        _space = space;
        _m = options.M;
        _efConstruction = Math.Max(options.EfConstruction, options.M);
        _threads = options.ThreadCount;
        _countAtLevel = order.CountAtLevel;
        int nodes = order.RowOf.Length;
        Levels = [.. _countAtLevel.Select((count, level) => new BuildLevel(count, level == 0 ? 2 * _m : _m))];
        _scratch = [.. Enumerable.Range(0, _threads).Select(_ => new SearchScratch(nodes, space.QueryBytes, dimension))];
        _firstEdge = new int[nodes];
        Array.Fill(_firstEdge, -1);
        _targets = new uint[nodes];
    }

    public BuildLevel[] Levels { get; }

    public SearchScratch[] Scratch => _scratch;

    /// <summary>Inserts nodes [from, to); called with rising ranges.</summary>
    public void Insert(int from, int to, Action<int>? progress, CancellationToken cancellation)
    {
        for (int start = Math.Max(from, 1); start < to;)
        {
            cancellation.ThrowIfCancellationRequested();
            int count = Math.Min(Math.Max(1, Math.Min(start / BatchShare, 8192)), to - start);
            int first = start;
            ForEach(count, (scratch, i) => FindNeighbors(scratch, (uint)(first + i)));
            for (int level = Levels.Length - 1; level >= 0; level--)
            {
                int end = Math.Min(start + count, _countAtLevel[level]);
                if (end <= start) continue;
                GroupByTarget(Levels[level], start, end - start);
                BuildLevel lists = Levels[level];
                ForEach(_targetCount, (scratch, i) => AddLinksBack(scratch, lists, first, _targets[i]));
            }
            start += count;
            progress?.Invoke(start);
        }
    }

    /// <summary>Runs a step for each number below <paramref name="count"/>; which thread runs it must not matter.</summary>
    public void ForEach(int count, Action<SearchScratch, int> step)
    {
        int workers = Math.Min(_threads, (count + Chunk - 1) / Chunk);
        if (workers <= 1)
        {
            for (int i = 0; i < count; i++) step(_scratch[0], i);
            return;
        }
        int next = 0;
        Parallel.For(0, workers, new ParallelOptions { MaxDegreeOfParallelism = workers }, worker =>
        {
            for (int i; (i = Interlocked.Add(ref next, Chunk) - Chunk) < count;)
            {
                for (int j = i; j < Math.Min(i + Chunk, count); j++) step(_scratch[worker], j);
            }
        });
    }

    /// <summary>Descends to level 0 and leaves the ef nearest in the pool.</summary>
    public void SearchBase(SearchScratch scratch, int ef)
    {
        (uint at, float score) = Enter(scratch);
        for (int level = Levels.Length - 1; level > 0; level--) GraphWalk.Descend(_space, Levels[level].Lists, null, scratch, ref at, ref score);
        GraphWalk.Search(_space, Levels[0].Lists, scratch, at, score, ef);
    }

    private (uint Node, float Score) Enter(SearchScratch scratch)
    {
        uint entry = 0;
        float score;
        _space.Score(scratch.Query, &entry, 1, scratch.Scores);
        score = scratch.Scores[0];
        return (entry, score);
    }

    /// <summary>Paper, algorithm 1, up to the links of the new node itself.</summary>
    private void FindNeighbors(SearchScratch scratch, uint node)
    {
        _space.LoadNode(node, scratch.Query);
        (uint at, float score) = Enter(scratch);
        CandidatePool pool = scratch.Pool;
        for (int level = Levels.Length - 1; level >= 0; level--)
        {
            BuildLevel lists = Levels[level];
            if (node >= lists.Nodes)
            {
                GraphWalk.Descend(_space, lists.Lists, null, scratch, ref at, ref score);
                continue;
            }
            GraphWalk.Search(_space, lists.Lists, scratch, at, score, _efConstruction);
            at = CandidatePool.NodeOf(pool[0]);
            score = CandidatePool.ScoreOf(pool[0]);
            scratch.Reserve(pool.Count);
            for (int i = 0; i < pool.Count; i++)
            {
                scratch.Candidates[i] = CandidatePool.NodeOf(pool[i]);
                scratch.CandidateScores[i] = CandidatePool.ScoreOf(pool[i]);
            }
            int kept = NeighborSelection.Select(_space, scratch.Candidates, scratch.CandidateScores, pool.Count, _m, scratch.Kept, scratch.KeptScores, scratch.OtherQuery);
            lists.Set(node, new(scratch.Kept, kept), new(scratch.KeptScores, kept));
        }
    }

    /// <summary>Chains the batch's links by target: the first of each, the next of each, in order of their source.</summary>
    private void GroupByTarget(BuildLevel lists, int start, int count)
    {
        if (_nextEdge.Length < count * _m) _nextEdge = new int[count * _m * 2];
        _targetCount = 0;
        for (int i = count - 1; i >= 0; i--)
        {
            uint* links = lists.LinksOf((uint)(start + i));
            for (int slot = 0; slot < _m && links[slot] != GraphLayout.NoNode; slot++)
            {
                uint target = links[slot];
                if (_firstEdge[target] < 0) _targets[_targetCount++] = target;
                int edge = (i * _m) + slot;
                _nextEdge[edge] = _firstEdge[target];
                _firstEdge[target] = edge;
            }
        }
    }

    private void AddLinksBack(SearchScratch scratch, BuildLevel lists, int start, uint target)
    {
        uint* links = lists.LinksOf(target);
        float* scores = lists.ScoresOf(target);
        int count = lists.CountOf(target);
        int edge = _firstEdge[target];
        _firstEdge[target] = -1;
        int total = count;
        for (int e = edge; e >= 0; e = _nextEdge[e]) total++;
        if (total <= lists.Slots)
        {
            for (int e = edge; e >= 0; e = _nextEdge[e])
            {
                links[count] = (uint)(start + (e / _m));
                scores[count++] = lists.ScoresOf(links[count - 1])[e % _m];
            }
            return;
        }

        CandidatePool pool = scratch.Pool;
        pool.Begin(total);
        for (int i = 0; i < count; i++) pool.Insert(CandidatePool.Key(scores[i], links[i]));
        for (int e = edge; e >= 0; e = _nextEdge[e])
        {
            uint source = (uint)(start + (e / _m));
            pool.Insert(CandidatePool.Key(lists.ScoresOf(source)[e % _m], source));
        }
        scratch.Reserve(total);
        for (int i = 0; i < total; i++)
        {
            scratch.Candidates[i] = CandidatePool.NodeOf(pool[i]);
            scratch.CandidateScores[i] = CandidatePool.ScoreOf(pool[i]);
        }
        int kept = NeighborSelection.Select(_space, scratch.Candidates, scratch.CandidateScores, total, lists.Slots, scratch.Kept, scratch.KeptScores, scratch.OtherQuery);
        lists.Set(target, new(scratch.Kept, kept), new(scratch.KeptScores, kept));
    }

    public void Dispose()
    {
        foreach (BuildLevel level in Levels) level.Dispose();
        foreach (SearchScratch scratch in _scratch) scratch.Dispose();
    }
}
