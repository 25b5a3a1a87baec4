//! From the core's cards to Discord's embeds and components.

use landlord_core::card::{Button, ButtonStyle, Card, File, Form, Input, Menu, Tone};
use landlord_core::ports::Call;
use serenity::all::{
    ButtonStyle as Style, CreateActionRow, CreateAllowedMentions, CreateAttachment, CreateButton, CreateEmbed,
    CreateEmbedFooter, CreateInputText, CreateModal, CreateSelectMenu, CreateSelectMenuKind, CreateSelectMenuOption,
    InputTextStyle, ReactionType, UserId,
};

use super::Roles;

/// The card as an embed.
pub(super) fn embed(card: &Card) -> CreateEmbed {
    let mut embed = CreateEmbed::new().title(&card.title).colour(colour(card.tone));
    if !card.body.is_empty() {
        embed = embed.description(&card.body);
    }
    if let Some(picture) = card.files.iter().find(|file| file.media_type == "image/png") {
        embed = embed.attachment(&picture.name);
    }
    if !card.footer.is_empty() {
        embed = embed.footer(CreateEmbedFooter::new(&card.footer));
    }
    embed.fields(card.fields.iter().map(|field| (field.name.as_str(), field.value.as_str(), field.inline)))
}

/// The card's buttons in rows of five, and its menu in one of its own.
pub(super) fn rows(card: &Card) -> Vec<CreateActionRow> {
    let buttons = card.buttons.chunks(5).map(|row| CreateActionRow::Buttons(row.iter().map(button).collect()));
    buttons.chain(card.menu.iter().map(|list| CreateActionRow::SelectMenu(menu(list)))).collect()
}

fn menu(menu: &Menu) -> CreateSelectMenu {
    let options = menu.choices.iter().map(|(label, value)| CreateSelectMenuOption::new(label, value)).collect();
    CreateSelectMenu::new(&menu.id, CreateSelectMenuKind::String { options }).placeholder(&menu.placeholder)
}

/// The form as a modal.
pub(super) fn form(form: &Form) -> CreateModal {
    let rows = form.inputs.iter().map(|asked| CreateActionRow::InputText(input(asked)));
    CreateModal::new(&form.id, &form.title).components(rows.collect())
}

fn input(input: &Input) -> CreateInputText {
    let style = if input.multiline { InputTextStyle::Paragraph } else { InputTextStyle::Short };
    let text = CreateInputText::new(style, &input.label, &input.id)
        .min_length(input.min)
        .max_length(input.max)
        .required(input.min > 0);
    if input.placeholder.is_empty() { text } else { text.placeholder(&input.placeholder) }
}

/// A file as Discord takes it, which tells its type by the name.
pub(super) fn file(file: &File) -> CreateAttachment {
    CreateAttachment::bytes(file.bytes.clone(), &file.name)
}

fn button(button: &Button) -> CreateButton {
    let style = match button.style {
        ButtonStyle::Primary => Style::Primary,
        ButtonStyle::Success => Style::Success,
        ButtonStyle::Secondary => Style::Secondary,
        ButtonStyle::Danger => Style::Danger,
    };
    let shown = CreateButton::new(&button.id).label(&button.label).style(style).disabled(!button.enabled);
    match button.emoji {
        Some(emoji) => shown.emoji(ReactionType::Unicode(emoji.to_owned())),
        None => shown,
    }
}

fn colour(tone: Tone) -> u32 {
    match tone {
        Tone::Neutral => 0x0080_848e,
        Tone::Attention => 0x00f0_b232,
        Tone::Busy => 0x0058_65f2,
        Tone::Good => 0x0023_a55a,
        Tone::Bad => 0x00da_373c,
    }
}

/// Nobody is ever called but those named.
pub(super) fn nobody() -> CreateAllowedMentions {
    CreateAllowedMentions::new()
}

/// Who may be called, and the text that calls them.
pub(super) fn calls(calls: &[Call], roles: &Roles) -> (CreateAllowedMentions, String) {
    let mut users: Vec<UserId> = Vec::new();
    let mut called = Vec::new();
    for call in calls {
        match call {
            Call::Person(person) => users.extend(person.id.parse::<u64>().ok().filter(|id| *id != 0).map(UserId::new)),
            Call::Role(role) => called.extend(roles.of(*role)),
        }
    }
    users.sort_unstable();
    users.dedup();
    called.sort_unstable();
    called.dedup();
    let text = users.iter().map(|id| format!("<@{id}>")).chain(called.iter().map(|id| format!("<@&{id}>")));
    let text = text.collect::<Vec<_>>().join(" ");
    (CreateAllowedMentions::new().users(users).roles(called), text)
}
