using Spectre.Console;

namespace MicroCreds.Ledger.CommandLine.Reporting;

/// <summary>A bar on standard error while something takes long; nothing where no terminal shows it.</summary>
internal static class ProgressBar
{
    /// <summary>Runs work that says how much of it is done.</summary>
    public static async Task RunAsync(string title, int total, Func<Action<int>, Task> work)
    {
        if (Console.IsErrorRedirected || total < 2)
        {
            await work(_ => { });
            return;
        }

        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        await console.Progress().AutoClear(true)
            .Columns(
                new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(),
                new RemainingTimeColumn())
            .StartAsync(async context =>
            {
                var task = context.AddTask(Markup.Escape(title), maxValue: total);
                await work(done => task.Value = done);
                task.Value = total;
            });
    }
}
