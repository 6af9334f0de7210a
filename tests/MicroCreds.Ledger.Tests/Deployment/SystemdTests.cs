using System.Globalization;
using System.Text.RegularExpressions;
using Xunit;

namespace MicroCreds.Ledger.Tests.Deployment;

/// <summary>The units for a machine without containers.</summary>
public sealed partial class SystemdTests
{
    /// <summary>On systemd's scale from 0 to 10, where a service that may do everything has 9.6.</summary>
    private const double MaxExposure = 2;

    private static readonly string[] Names = ["microcreds-gateway.service", "microcreds-contract.service"];

    public static TheoryData<string> Units => [.. Names];

    [Theory]
    [MemberData(nameof(Units))]
    public void Unit_IsConfined_AndStartsABuiltProgramWithAFileThatIsHere(string unit)
    {
        string text = DeployFiles.Read($"systemd/{unit}");
        string[] expected =
        [
            "DynamicUser=yes", "NoNewPrivileges=yes", "ProtectSystem=strict", "ProtectHome=yes", "PrivateTmp=yes",
            "CapabilityBoundingSet=", "RestrictNamespaces=yes", "SystemCallFilter=@system-service", "Restart=always",
        ];
        Assert.All(expected, line => Assert.Contains($"\n{line}\n", text, StringComparison.Ordinal));
        string file = EnvironmentFile().Match(text).Groups[1].Value;
        Assert.True(File.Exists(DeployFiles.PathOf($"systemd/{file}")), file);
        string program = Program().Match(text).Groups[1].Value;
        Assert.Contains(program, AppDomain.CurrentDomain.GetAssemblies().Select(one => one.GetName().Name)
            .Concat(typeof(SystemdTests).Assembly.GetReferencedAssemblies().Select(one => one.Name)));
    }

    [Fact]
    public void Contract_IsGivenWhatItsServerReads()
    {
        var file = DeployFiles.ReadEnvironment(DeployFiles.PathOf("systemd/contract.env"));
        string[] expected =
        [
            "CHAINCODE_SERVER_ADDRESS", "CORE_CHAINCODE_ID_NAME", "CORE_PEER_TLS_ENABLED",
            "CORE_PEER_TLS_ROOTCERT_FILE", "CORE_TLS_CLIENT_CERT_FILE",
        ];
        Assert.Equal(expected, file.Keys.Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Units))]
    public async Task Unit_IsTakenBySystemd_AndExposedLittle(string unit)
    {
        string? program = DeployFiles.FindProgram("systemd-analyze", "SYSTEMD_ANALYZE");
        Assert.SkipWhen(program is null, "There is no systemd-analyze on the PATH.");
        string file = DeployFiles.PathOf($"systemd/{unit}");
        Assert.SkipUnless(File.Exists("/usr/bin/dotnet"), "The unit starts /usr/bin/dotnet, which is not there.");
        var verified = await RunningScript.RunAsync(program, ["verify", "--man=no", file]);
        Assert.True(verified is (0, "") or (0, "\n"), verified.Said);
        var security = await RunningScript.RunAsync(program, ["security", "--offline=true", "--no-pager", file]);
        Assert.True(security.ExitCode == 0, security.Said);
        var exposure = Exposure().Match(security.Said);
        Assert.True(exposure.Success, security.Said);
        double level = double.Parse(exposure.Groups[1].Value, CultureInfo.InvariantCulture);
        Assert.True(level <= MaxExposure, $"{unit} is exposed by {level}, at most {MaxExposure}: {security.Said}");
    }

    [GeneratedRegex(@"(?m)^EnvironmentFile=/etc/microcreds/(.+)$")]
    private static partial Regex EnvironmentFile();

    [GeneratedRegex(@"(?m)^ExecStart=/usr/bin/dotnet /opt/microcreds/\w+/(.+)\.dll$")]
    private static partial Regex Program();

    [GeneratedRegex(@"exposure level for \S+: ([0-9.]+)")]
    private static partial Regex Exposure();
}
