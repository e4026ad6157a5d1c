using Transcendence.Benchmarks;

// What being watched costs: see ../README.md. Started by ../run.sh, which pins this program to one processor; the servers have the other.
return args switch
{
    ["serve", ..] => await Servers.RunAsync(args[1], args[2], args.ElementAtOrDefault(3)),
    ["requests"] => await Benchmarks.RequestsAsync(),
    ["allocation"] => await Benchmarks.AllocationAsync(),
    ["gateway"] => await Benchmarks.GatewayAsync(),
    ["scrape"] => await Benchmarks.ScrapeAsync(0, 100, 1_000, 5_000),
    ["growth"] => await Benchmarks.ScrapeAsync(10, 30, 100, 300, 1_000, 3_000, 10_000),
    ["formats"] => await Benchmarks.FormatsAsync(),
    ["lists"] => await Lists.RunAsync(1_000, 10_000, 100_000, 1_000_000),
    ["targets"] => await Targets.RunAsync(1, 10, 100, 1_000),
    ["alerts"] => await Notifications.RunAsync(1, 10, 100, 1_000),
    ["threads"] => await Recording.TwoThreadsAgainstOneAsync(),
    _ => Fail(),
};

static int Fail()
{
    Console.Error.WriteLine("requests, allocation, gateway, scrape, growth, formats, lists, targets, alerts or threads?");
    return 2;
}
