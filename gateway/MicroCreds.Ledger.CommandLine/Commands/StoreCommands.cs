using System.CommandLine;
using MicroCreds.Ledger.CommandLine.Reporting;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.CommandLine.Commands;

/// <summary>microcreds store: looks after a gateway's store while the gateway stands still.</summary>
internal static class StoreCommands
{
    public static Command Create() => new(
        "store", "Upgrades, checks, copies a gateway's store. A gateway on a SQLite store must be stopped first.")
    {
        CreateUpgrade(), CreateCheck(), CreateExport(), CreateImport(),
    };

    private static Command CreateUpgrade()
    {
        var command = new Command(
            "upgrade", "Brings a store to the version that this program knows. A gateway does so too when it starts.");
        return On(command, async (place, _, _) =>
        {
            await using var database = place.Open(Schema.Upgrade);
            await Console.Out.WriteLineAsync($"{database.Name} has version {Schema.Known}.");
            return ExitCodes.Success;
        });
    }

    private static Command CreateCheck()
    {
        var command = new Command(
            "check", "Derives again what can be derived from what is kept, and names all that does not agree.");
        return On(command, async (place, _, _) =>
        {
            await using var database = place.Open(Schema.RequireCurrent);
            var result = database.Check();
            foreach (string fault in result.Faults)
                await Console.Out.WriteLineAsync(Plain.Line(fault));
            string found = result.Faults.Count == 0 ? "all agree" : $"{result.Faults.Count} faults";
            await Console.Out.WriteLineAsync(
                $"{database.Name}: {result.Issuances} issuances, {result.Documents} documents, {found}.");
            return result.Faults.Count == 0 ? ExitCodes.Success : ExitCodes.Invalid;
        });
    }

    private static Command CreateExport()
    {
        var file = new Argument<string>("file")
        {
            Description = "The file to write. It holds personal data and the store's secret: keep it as the store.",
        };
        var command = new Command("export", "Writes all that a store holds into a file, one JSON document a line.")
        {
            file,
        };
        return On(command, async (place, parsed, _) =>
        {
            string path = parsed.GetValue(file)!;
            OutputFile.RequireWritable(path, option: null);
            await using var database = place.Open(Schema.RequireCurrent);
            await using var stream = new BufferedStream(PrivateFile.Open(path, FileMode.Create));
            long count = database.Export(stream);
            await Console.Out.WriteLineAsync($"{database.Name}: {count} rows are in {path}.");
            return ExitCodes.Success;
        });
    }

    private static Command CreateImport()
    {
        var file = new Argument<string>("file") { Description = "A file that store export wrote." };
        var command = new Command("import", "Reads an exported file into a store that is empty: all of it, or nothing.")
        {
            file,
        };
        return On(command, async (place, parsed, _) =>
        {
            await using var stream = File.OpenRead(parsed.GetValue(file)!);
            await using var database = place.Open(Schema.Upgrade);
            long count = await StoreCopy.ImportAsync(database, stream);
            await Console.Out.WriteLineAsync($"{database.Name}: {count} rows were read.");
            return ExitCodes.Success;
        });
    }

    /// <summary>Gives a command the options that say where the store is, and keeps the directory for it.</summary>
    private static Command On(Command command, Func<StorePlace, ParseResult, CancellationToken, Task<int>> run)
    {
        var directory = new Option<string?>("--data-directory")
        {
            Description = "The gateway's data directory, with a SQLite store in it.",
            HelpName = "folder",
        };
        var database = new Option<string?>("--database")
        {
            Description = "The PostgreSQL database, as MICROCREDS_DATABASE names it: Host=…;Database=….",
            HelpName = "setting",
        };
        var password = new Option<string?>("--database-password-file")
        {
            Description = "A file with the database's password. Default is what the setting or PGPASSFILE says.",
            HelpName = "file",
        };
        command.Add(directory);
        command.Add(database);
        command.Add(password);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var place = new StorePlace(
                parsed.GetValue(directory), parsed.GetValue(database), parsed.GetValue(password));
            if (place.Directory is null == place.Postgres is null)
            {
                throw new CommandException(
                    ExitCodes.Usage, "Name a store: either --data-directory or --database, not both.");
            }

            if (place.Directory is { } folder && !Directory.Exists(folder))
                throw new CommandException(ExitCodes.NoInput, $"There is no folder {folder}.");
            if (place.Directory is { } home && command.Name != "import"
                && !File.Exists(Path.Combine(home, StorePlace.FileName)))
                throw new CommandException(ExitCodes.NoInput, $"There is no store ({StorePlace.FileName}) in {home}.");
            try
            {
                using var held = place.Take();
                return await run(place, parsed, cancellationToken);
            }
            catch (StoreException exception)
            {
                throw new CommandException(ExitCodes.BadData, exception.Message);
            }
        });
        return command;
    }
}
