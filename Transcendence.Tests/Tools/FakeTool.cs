using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using Transcendence.Hosting.Tools;

namespace Transcendence.Tests.Tools;

/// <summary>A tool of a test's own: a script that states its version, with a companion, on a PATH or in an archive.</summary>
internal static class FakeTool
{
    public const UnixFileMode Executable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    public static readonly string[] RuntimeIdentifiers = ["linux-x64", "linux-arm64", "osx-x64", "osx-arm64"];

    public static string Script(string version) => $"#!/bin/sh\necho 'faketool, version {version} (branch: main)'\n";

    /// <summary>Puts an executable into a directory.</summary>
    public static void Put(string directory, string command, string script)
    {
        Directory.CreateDirectory(directory);
        var path = Path.Combine(directory, command);
        File.WriteAllText(path, script);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, Executable);
        }
    }

    /// <summary>A description that has the same archive for every system on which these tests run.</summary>
    public static NativeTool Describe(Uri? archive = null, byte[]? content = null, string version = "1.2.3", Version? minimum = null, string? sha256 = null) => new("faketool", "https://faketool.example/download")
    {
        AlternativeNames = ["distribution-faketool"],
        MinimumVersion = minimum,
        Archives = archive is null ? new Dictionary<string, ToolArchive>() : RuntimeIdentifiers.ToDictionary(
            rid => rid, _ => new ToolArchive(version, archive, sha256 ?? Convert.ToHexStringLower(SHA256.HashData(content!)))),
    };

    /// <summary>A release archive as projects publish it: one directory that holds everything.</summary>
    public static byte[] TarGz(string version = "1.2.3", int padding = 0)
    {
        var directory = $"faketool-{version}.linux-amd64";
        return TarGz(
            new PaxTarEntry(TarEntryType.Directory, directory + "/"),
            Entry($"{directory}/faketool", Script(version), Executable),
            Entry($"{directory}/fakectl", Script(version), Executable),
            // What does not compress makes a large download.
            Entry($"{directory}/LICENSE", Convert.ToHexString(RandomNumberGenerator.GetBytes(padding)), UnixFileMode.UserRead | UnixFileMode.UserWrite));
    }

    public static byte[] TarGz(params IEnumerable<TarEntry> entries)
    {
        using var content = new MemoryStream();
        using (var gzip = new GZipStream(content, CompressionLevel.Fastest, leaveOpen: true))
        using (var tar = new TarWriter(gzip))
        {
            foreach (var entry in entries)
            {
                tar.WriteEntry(entry);
            }
        }

        return content.ToArray();
    }

    public static byte[] Zip(params (string Name, string Content)[] files)
    {
        using var content = new MemoryStream();
        using (var zip = new ZipArchive(content, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, text) in files)
            {
                var entry = zip.CreateEntry(name);
                entry.ExternalAttributes = (int)Executable << 16;
                using var stream = entry.Open();
                stream.Write(Encoding.UTF8.GetBytes(text));
            }
        }

        return content.ToArray();
    }

    public static PaxTarEntry Entry(string name, string content, UnixFileMode mode) =>
        new(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(content)), Mode = mode };

    public static PaxTarEntry LinkEntry(string name, string target) => new(TarEntryType.SymbolicLink, name) { LinkName = target };
}
