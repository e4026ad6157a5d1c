using Microsoft.Extensions.Logging;
using Transcendence.Hosting.Dashboard;

namespace Transcendence.Tests.Dashboard;

/// <summary>The level of log lines, in the formats that the services and tools print.</summary>
public sealed class LogLevelsTests
{
    [Theory]
    [InlineData("trce: A.Category[0]", LogLevel.Trace)]
    [InlineData("dbug: A.Category[0]", LogLevel.Debug)]
    [InlineData("info: Microsoft.Hosting.Lifetime[14]", LogLevel.Information)]
    [InlineData("warn: A.Category[0]", LogLevel.Warning)]
    [InlineData("fail: A.Category[0]", LogLevel.Error)]
    [InlineData("crit: A.Category[0]", LogLevel.Critical)]
    [InlineData("\e[40m\e[1m\e[33mwarn\e[39m\e[22m\e[49m: A.Category[0]", LogLevel.Warning)]
    [InlineData("ts=2026-11-22T17:47:36.660Z caller=main.go:241 level=info msg=\"Starting Alertmanager\"", LogLevel.Information)]
    [InlineData("time=2026-11-22T17:47:36.660Z level=WARN source=main.go:241 msg=\"level=error is not meant\"", LogLevel.Warning)]
    [InlineData("logger=settings t=2026-11-22T17:47:36Z level=error msg=\"Failed\"", LogLevel.Error)]
    [InlineData("level=debug msg=first", LogLevel.Debug)]
    [InlineData("lvl=eror msg=\"an old Grafana\"", LogLevel.Error)]
    [InlineData("level=\"fatal\" msg=quoted", LogLevel.Critical)]
    public void A_line_tells_its_level_on_either_stream(string line, LogLevel level)
    {
        Assert.Equal(level, new LogLevels().Next(line, isError: false));
        Assert.Equal(level, new LogLevels().Next(line, isError: true));
    }

    [Theory]
    [InlineData("Waiting for resource 'backend'.")]
    [InlineData("The compression level=error was chosen")]
    [InlineData("information: no format of ours")]
    [InlineData("level=9 msg=\"no word\"")]
    [InlineData("   begins in the middle")]
    [InlineData("")]
    public void A_line_that_tells_none_is_information_or_on_standard_error_an_error(string line)
    {
        Assert.Equal(LogLevel.Information, new LogLevels().Next(line, isError: false));
        Assert.Equal(LogLevel.Error, new LogLevels().Next(line, isError: true));
    }

    [Fact]
    public void What_goes_on_has_the_level_of_its_beginning()
    {
        var levels = new LogLevels();
        (string Line, bool IsError, LogLevel Expected)[] lines =
        [
            ("fail: A.Category[3]", false, LogLevel.Error),
            ("      It failed.", false, LogLevel.Error),
            ("level=warn msg=between", true, LogLevel.Warning),
            ("      System.IO.IOException: No space left on device", false, LogLevel.Error),
            ("", false, LogLevel.Error),
            ("\t of the other stream", true, LogLevel.Warning),
            ("Exited with code 1.", false, LogLevel.Information),
            ("   at A.B()", false, LogLevel.Information),
        ];
        Assert.Equal(lines.Select(l => l.Expected), lines.Select(l => levels.Next(l.Line, l.IsError)));
    }
}
