using Transcendence.Hosting.Tools;

namespace Transcendence.Tests.Tools;

public sealed class RelocationTests : IDisposable
{
    private readonly TempDirectory _root = new();

    public void Dispose() => _root.Dispose();

    [Fact]
    public void LinksThatLeadIntoTheTreeHoldWhereverItLies()
    {
        Directory.CreateDirectory(_root["usr/share/javascript/jquery"]);
        Directory.CreateDirectory(_root["usr/share/tool/static"]);
        File.WriteAllText(_root["usr/share/javascript/jquery/jquery.js"], "script");
        File.CreateSymbolicLink(_root["usr/share/javascript/jquery/jquery.min.js"], "jquery.js");
        Directory.CreateSymbolicLink(_root["usr/share/tool/static/jquery"], "/usr/share/javascript/jquery");
        // A link to a link that is made relative later or earlier.
        Directory.CreateSymbolicLink(_root["usr/share/tool/static/again"], "/usr/share/tool/static/jquery");
        Directory.CreateSymbolicLink(_root["usr/share/tool/static/outside"], "/somewhere/else");

        DebianArchive.MakeLinksRelative(_root.FullName);

        Assert.Equal("script", File.ReadAllText(_root["usr/share/tool/static/jquery/jquery.min.js"]));
        Assert.Equal("script", File.ReadAllText(_root["usr/share/tool/static/again/jquery.js"]));
        Assert.Equal("../../javascript/jquery", new FileInfo(_root["usr/share/tool/static/jquery"]).LinkTarget);
        Assert.Equal("/somewhere/else", new FileInfo(_root["usr/share/tool/static/outside"]).LinkTarget);
    }

    [Fact]
    public void PathsInABinaryBecomeRelativeAndNothingElseMoves()
    {
        var binary = _root["tool"];
        File.WriteAllText(binary, "\0\u0001/usr/share/tool\0x/usr/share/tool/ui/\0/usr/share/other\0", Encoding.Latin1);

        DebianArchive.MakePathsRelative(binary, ["/usr/share/tool"]);

        Assert.Equal("\0\u0001usr//share/tool\0xusr//share/tool/ui/\0/usr/share/other\0", File.ReadAllText(binary, Encoding.Latin1));
    }
}
