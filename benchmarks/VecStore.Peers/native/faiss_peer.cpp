// FAISS beside VecStore: faiss_peer build|serve FOLDER DIMENSION INDEX THREADS M EF_CONSTRUCTION KIND, where KIND is flat, hnsw or hnsw-sq8.
#include "peer.h"
#include <faiss/IndexFlat.h>
#include <faiss/IndexHNSW.h>
#include <faiss/index_io.h>
#include <memory>
#include <omp.h>

int main(int, char** arguments) {
    std::string mode = arguments[1], folder = arguments[2], path = arguments[4], kind = arguments[8];
    size_t dimension = std::strtoull(arguments[3], nullptr, 10);
    int threads = std::atoi(arguments[5]), m = std::atoi(arguments[6]), ef_construction = std::atoi(arguments[7]);
    omp_set_num_threads(threads);
    if (mode == "open") {
        std::vector<float> query = read_file<float>(folder + "/query.f32");
        std::vector<float> scores(10);
        std::vector<int64_t> rows(10);
        double start = seconds();
        std::unique_ptr<faiss::Index> index(faiss::read_index(path.c_str()));
        index->search(1, query.data(), 10, scores.data(), rows.data());
        std::printf("%.6f %zu\n", seconds() - start, rows.size());
        return 0;
    }

    Data data(folder, dimension);
    int d = static_cast<int>(dimension);
    if (mode == "build") {
        double memory = anonymous_mb(), start = seconds();
        std::unique_ptr<faiss::IndexHNSW> index;
        if (kind == "hnsw") index = std::make_unique<faiss::IndexHNSWFlat>(d, m, faiss::METRIC_INNER_PRODUCT);
        else index = std::make_unique<faiss::IndexHNSWSQ>(d, faiss::ScalarQuantizer::QT_8bit, m, faiss::METRIC_INNER_PRODUCT);
        index->hnsw.efConstruction = ef_construction;
        index->train(static_cast<int64_t>(data.count), data.base.data());
        index->add(static_cast<int64_t>(data.count), data.base.data());
        double took = seconds() - start;
        double vectors_mb = kind == "hnsw" ? static_cast<double>(data.base.size()) * sizeof(float) / 1048576 : 0;
        std::printf("%.3f %.3f\n", took, anonymous_mb() - memory - vectors_mb);
        faiss::write_index(index.get(), path.c_str());
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
