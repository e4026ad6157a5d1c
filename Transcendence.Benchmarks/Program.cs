using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

// What the metrics cost: dotnet run -c Release --project Transcendence.Benchmarks -- --filter '*'
// In this process, so that nothing is built while it measures.
var config = DefaultConfig.Instance
    .AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance))
    .AddDiagnoser(MemoryDiagnoser.Default)
    .AddColumn(StatisticColumn.Median)
    .HideColumns(Column.Error, Column.StdDev, Column.RatioSD, Column.Gen0);

BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args, config);
