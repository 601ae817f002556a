// hnswlib beside VecStore: hnswlib_peer build|serve FOLDER DIMENSION INDEX THREADS M EF_CONSTRUCTION
#include "hnswlib/hnswlib.h"
#include "peer.h"
#include <atomic>
#include <thread>

int main(int, char** arguments) {
    std::string mode = arguments[1], folder = arguments[2], path = arguments[4];
    size_t dimension = std::strtoull(arguments[3], nullptr, 10);
    int threads = std::atoi(arguments[5]), m = std::atoi(arguments[6]), ef_construction = std::atoi(arguments[7]);
    hnswlib::InnerProductSpace space(dimension);
    if (mode == "open") { // from an index file to the first answer
        std::vector<float> query = read_file<float>(folder + "/query.f32");
        double start = seconds();
        hnswlib::HierarchicalNSW<float> index(&space, path);
        index.setEf(64);
        size_t found = index.searchKnn(query.data(), 10).size();
        std::printf("%.6f %zu\n", seconds() - start, found);
        return 0;
    }

    Data data(folder, dimension);
    if (mode == "build") {
        double memory = anonymous_mb(), start = seconds();
        hnswlib::HierarchicalNSW<float> index(&space, data.count, m, ef_construction, 100);
        index.addPoint(data.base.data(), 0);
        std::atomic<size_t> next{1};
        std::vector<std::thread> workers;
        auto work = [&] { for (size_t i; (i = next++) < data.count;) index.addPoint(data.base.data() + i * dimension, i); };
        for (int i = 1; i < threads; i++) workers.emplace_back(work);
        work();
        for (auto& worker : workers) worker.join();
        double took = seconds() - start;
        double vectors_mb = static_cast<double>(data.base.size()) * sizeof(float) / 1048576;
        std::printf("%.3f %.3f\n", took, anonymous_mb() - memory - vectors_mb);
        index.saveIndex(path);
        return 0;
    }

    hnswlib::HierarchicalNSW<float> index(&space, path);
    auto walk = [&](int ef) -> Search {
        index.setEf(static_cast<size_t>(ef));
        return [&](size_t queries, int64_t* found) {
            for (size_t q = 0; q < queries; q++) {
                auto nearest = index.searchKnn(data.query.data() + q * dimension, data.k);
                for (size_t i = nearest.size(); i-- > 0; nearest.pop()) found[q * data.k + i] = static_cast<int64_t>(nearest.top().second);
            }
        };
    };
    Search none = [](size_t, int64_t*) {};
    obey(data, threads, walk, none, none);
}
