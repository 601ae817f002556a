// FAISS beside VecStore: faiss_peer build|serve FOLDER DIMENSION INDEX THREADS M EF_CONSTRUCTION KIND [HNSWLIB_INDEX], where KIND is flat or hnsw-sq8.
// Debian compiles FAISS without AVX and its own building takes ten times as long as hnswlib's: the 8-bit index takes over the graph that hnswlib built.
#include "hnswlib/hnswlib.h"
#include "peer.h"
#include <faiss/IndexFlat.h>
#include <faiss/IndexHNSW.h>
#include <faiss/index_io.h>
#include <memory>
#include <omp.h>

// hnswlib numbers its elements in the order of their coming, which differs from their labels where several threads built.
static void take_over(const hnswlib::HierarchicalNSW<float>& from, faiss::HNSW& into, size_t count) {
    std::vector<hnswlib::tableint> element(count);
    for (hnswlib::tableint i = 0; i < count; i++) element[from.getExternalLabel(i)] = i;
    into.levels.resize(count);
    into.offsets.assign(1, 0);
    for (size_t row = 0; row < count; row++) {
        into.levels[row] = from.element_levels_[element[row]] + 1;
        into.offsets.push_back(into.offsets.back() + static_cast<size_t>(into.cum_nb_neighbors(into.levels[row])));
    }
    into.neighbors.resize(into.offsets.back());
    std::fill(into.neighbors.begin(), into.neighbors.end(), -1);
    for (size_t row = 0; row < count; row++) {
        for (int level = 0; level < into.levels[row]; level++) {
            hnswlib::linklistsizeint* list = from.get_linklist_at_level(element[row], level);
            const auto* links = reinterpret_cast<const hnswlib::tableint*>(list + 1);
            size_t begin, end, links_count = from.getListCount(list);
            into.neighbor_range(static_cast<int64_t>(row), level, &begin, &end);
            for (size_t i = 0; i < links_count && begin + i < end; i++)
                into.neighbors[begin + i] = static_cast<faiss::HNSW::storage_idx_t>(from.getExternalLabel(links[i]));
        }
    }
    into.entry_point = static_cast<faiss::HNSW::storage_idx_t>(from.getExternalLabel(from.enterpoint_node_));
    into.max_level = from.maxlevel_;
}

int main(int, char** arguments) {
    std::string mode = arguments[1], folder = arguments[2], path = arguments[4], kind = arguments[8];
    size_t dimension = std::strtoull(arguments[3], nullptr, 10);
    int threads = std::atoi(arguments[5]), m = std::atoi(arguments[6]);
    omp_set_num_threads(threads);
    Data data(folder, dimension);
    int d = static_cast<int>(dimension);
    if (mode == "build") {
        double start = seconds();
        hnswlib::InnerProductSpace space(dimension);
        hnswlib::HierarchicalNSW<float> graph(&space, arguments[9]);
        faiss::IndexHNSWSQ made(d, faiss::ScalarQuantizer::QT_8bit, m, faiss::METRIC_INNER_PRODUCT);
        made.train(static_cast<int64_t>(data.count), data.base.data());
        made.storage->add(static_cast<int64_t>(data.count), data.base.data());
        made.ntotal = static_cast<int64_t>(data.count);
        take_over(graph, made.hnsw, data.count);
        std::printf("%.3f\n", seconds() - start);
        faiss::write_index(&made, path.c_str());
        return 0;
    }

    std::unique_ptr<faiss::Index> index;
    if (kind == "flat") {
        index = std::make_unique<faiss::IndexFlatIP>(static_cast<int64_t>(d));
        index->add(static_cast<int64_t>(data.count), data.base.data());
    } else {
        index.reset(faiss::read_index(path.c_str()));
    }

    std::vector<float> scores(data.query_count * data.k);
    Search one_by_one = [&](size_t queries, int64_t* found) {
        for (size_t q = 0; q < queries; q++)
            index->search(1, data.query.data() + q * dimension, static_cast<int64_t>(data.k), scores.data(), found + q * data.k);
    };
    Search together = [&](size_t queries, int64_t* found) {
        index->search(static_cast<int64_t>(queries), data.query.data(), static_cast<int64_t>(data.k), scores.data(), found);
    };
    auto walk = [&](int ef) -> Search {
        static_cast<faiss::IndexHNSW*>(index.get())->hnsw.efSearch = ef;
        return one_by_one;
    };
    obey(data, threads, walk, one_by_one, together);
}
