using MicroCreds.Ledger.Tests.Tidy;
using Xunit;

namespace MicroCreds.Ledger.Tests.Fabric.Packages;

/// <summary>What is public of a library is written down, so that nothing becomes it, or goes, by the way.</summary>
public sealed class PublicSurfaceTests
{
    [Theory]
    [InlineData("network/MicroCreds.Fabric.Protocol")]
    [InlineData("gateway/MicroCreds.Fabric.Client")]
    [InlineData("chaincode/MicroCreds.Fabric.Chaincode")]
    [InlineData("gateway/MicroCreds.Fabric.Extensions")]
    [InlineData("network/MicroCreds.Fabric.Testing")]
    [InlineData("network/MicroCreds.Fabric.Aspire")]
    public void Surface_IsTheOneThatIsRecorded(string project)
    {
        string recorded = Path.Combine(Repository.Root, project, "PublicSurface.txt");
        string[] surface = PublicSurface.Of(Path.GetFileName(project)).TrimEnd('\n').Split('\n');
        string[] before = File.Exists(recorded) ? File.ReadAllLines(recorded) : [];
        if (surface.SequenceEqual(before)) return;

        string[] gone = [.. before.Except(surface).Select(line => "- " + line)];
        string[] come = [.. surface.Except(before).Select(line => "+ " + line)];
        string now = Path.Combine(AppContext.BaseDirectory, Path.GetFileName(project) + ".PublicSurface.txt");
        File.WriteAllText(now, string.Join('\n', surface) + '\n');
        Assert.Fail($"""
            What is public of {project} changed:
            {string.Join('\n', gone.Concat(come))}
            If it is meant to, write it down, and in network/packages/CHANGELOG.md what it means for users:
            cp {now} {recorded}
            """);
    }
}
