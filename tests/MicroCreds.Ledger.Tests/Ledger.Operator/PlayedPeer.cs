using MicroCreds.Ledger.Operator.Engines.Native;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Operator;

/// <summary>Fabric's programs, played by a script: what the command is asked to do is noted, and answered as told.
/// </summary>
internal sealed class PlayedPeer
{
    private const string Version = "Version: v3.1.5";

    private readonly string _folder;

    /// <param name="state">The state directory whose commands find it.</param>
    /// <param name="answers">
    /// Lines of a shell's case: a pattern of the command line, and what is done, as <c>*install*) exit 0 ;;</c>.
    /// </param>
    public PlayedPeer(string state, params string[] answers)
    {
        _folder = Directory.CreateDirectory(Path.Combine(state, "played")).FullName;
        string script = $"""
            #!/bin/sh
            echo "$*" >>'{Asked}'
            case "$*" in
            version) echo '{Version}' ;;
            {string.Join('\n', answers)}
            esac
            """;
        foreach (string program in (string[])["peer", "orderer", "configtxgen", "configtxlator"])
        {
            string file = Path.Combine(_folder, program);
            File.WriteAllText(file, script + "\n");
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }
        }

        string kept = new NativeFiles(state).Binaries;
        Directory.CreateDirectory(Path.GetDirectoryName(kept)!);
        File.WriteAllText(kept, _folder);
    }

    /// <summary>Skips a test where Fabric's own programs are named, which come first.</summary>
    public static void SkipIfOthersAreNamed() => Assert.SkipWhen(
        OperatingSystem.IsWindows()
        || Environment.GetEnvironmentVariable(FabricBinaries.DirectoryVariable) is { Length: > 0 },
        $"A script plays Fabric's programs, where {FabricBinaries.DirectoryVariable} names none and a shell is there.");

    /// <summary>The command lines so far.</summary>
    public IReadOnlyList<string> Commands => File.Exists(Asked) ? File.ReadAllLines(Asked) : [];

    private string Asked => Path.Combine(_folder, "asked");
}
