// What the drivers of the peers share: the data, the clock, and a loop that obeys one command a line, so that peers and VecStore take turns.
//   walk EF             -> "QPS RECALL"   all queries one by one, one thread
//   scan QUERIES        -> "QPS RECALL"   exact, the first queries one by one
//   batch               -> "QPS RECALL"   exact, all queries in one call
#pragma once
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <functional>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

static double seconds() {
    using namespace std::chrono;
    return duration<double>(steady_clock::now().time_since_epoch()).count();
}

// What one thread alone computes is timed by its processor time: the same as the clock on a quiet machine, and less disturbed on a busy one.
static double own_seconds() {
    timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

template <typename T> static std::vector<T> read_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary | std::ios::ate);
    if (!file) { std::fprintf(stderr, "cannot read %s\n", path.c_str()); std::exit(2); }
    std::vector<T> values(static_cast<size_t>(file.tellg()) / sizeof(T));
    file.seekg(0);
    file.read(reinterpret_cast<char*>(values.data()), static_cast<std::streamsize>(values.size() * sizeof(T)));
    return values;
}

static double anonymous_mb() {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.rfind("RssAnon:", 0) == 0) return std::atof(line.c_str() + 8) / 1024;
    return 0;
}

struct Data {
    size_t count, dimension, query_count, k = 10;
    std::vector<float> base, query;
    std::vector<int32_t> truth;

    Data(const std::string& folder, size_t dimension) : dimension(dimension) {
        base = read_file<float>(folder + "/base.f32");
        query = read_file<float>(folder + "/query.f32");
        truth = read_file<int32_t>(folder + "/gt.i32");
        count = base.size() / dimension;
        query_count = query.size() / dimension;
    }

    double recall(const std::vector<int64_t>& found) const {
        size_t hits = 0;
        for (size_t q = 0; q < query_count; q++)
            for (size_t i = 0; i < k; i++)
                for (size_t j = 0; j < k; j++)
                    if (truth[q * k + j] == found[q * k + i]) { hits++; break; }
        return static_cast<double>(hits) / static_cast<double>(query_count * k);
    }
};

using Search = std::function<void(size_t, int64_t*)>; // answers so many queries

static void answer(const Data& data, size_t queries, int threads, const Search& search) {
    std::vector<int64_t> found(data.query_count * data.k, -1);
    auto clock = threads == 1 ? own_seconds : seconds;
    double start = clock();
    search(queries, found.data());
    std::printf("%.3f %.6f\n", static_cast<double>(queries) / (clock() - start), data.recall(found));
    std::fflush(stdout);
}

static void obey(const Data& data, int threads, const std::function<Search(int)>& walk, const Search& scan, const Search& batch) {
    std::printf("ready\n");
    std::fflush(stdout);
    for (std::string line; std::getline(std::cin, line);) {
        std::istringstream words(line);
        std::string verb;
        size_t number = 0;
        words >> verb >> number;
        if (verb == "walk") answer(data, data.query_count, 1, walk(static_cast<int>(number)));
        else if (verb == "scan") answer(data, std::min(number, data.query_count), threads, scan);
        else if (verb == "batch") answer(data, data.query_count, threads, batch);
        else return;
    }
}
