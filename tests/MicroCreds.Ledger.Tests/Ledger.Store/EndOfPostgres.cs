using MicroCreds.Ledger.Tests.Ledger.Store;
using Xunit;

[assembly: AssemblyFixture(typeof(EndOfPostgres))]

namespace MicroCreds.Ledger.Tests.Ledger.Store;

/// <summary>
/// Takes the shared PostgreSQL away after the last test. Not when the process ends: to delete the files of a thousand
/// databases takes longer than the runner gives a process to end, and it then says that the run failed.
/// </summary>
public sealed class EndOfPostgres : IAsyncDisposable
{
    public async ValueTask DisposeAsync() => await PostgresCluster.EndSharedAsync();
}
