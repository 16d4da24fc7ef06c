// This file is part of Moodle - https://moodle.org/
//
// Moodle is free software: you can redistribute it and/or modify
// it under the terms of the GNU General Public License as published by
// the Free Software Foundation, either version 3 of the License, or
// (at your option) any later version.
//
// Moodle is distributed in the hope that it will be useful,
// but WITHOUT ANY WARRANTY; without even the implied warranty of
// MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE.  See the
// GNU General Public License for more details.
//
// You should have received a copy of the GNU General Public License
// along with Moodle.  If not, see <https://www.gnu.org/licenses/>.

/**
 * Acknowledges a grade without leaving the page.
 *
 * The forms work by themselves: without this module they are sent as forms.
 *
 * @module     local_mzi/acknowledge
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

import {call as fetchMany} from 'core/ajax';
import Notification from 'core/notification';
import Pending from 'core/pending';

/**
 * Puts in the place of a form what became of it, and lets the keyboard go on from there.
 *
 * @param {HTMLFormElement} form
 * @param {string} text
 */
const replace = (form, text) => {
    const said = document.createElement('p');
    said.className = 'local-mzi-note';
    said.tabIndex = -1;
    said.textContent = text;
    form.replaceWith(said);
    said.focus();
};

/**
 * Sends one form.
 *
 * @param {HTMLFormElement} form
 * @returns {Promise<void>}
 */
const send = async(form) => {
    const pending = new Pending('local_mzi/acknowledge:send');
    const button = form.querySelector('button');
    button.disabled = true;
    try {
        const answer = await fetchMany([{
            methodname: 'local_mzi_acknowledge_grade',
            args: {id: Number(form.elements.id.value), grade: form.elements.grade.value},
        }])[0];
        replace(form, answer.text);
    } catch (error) {
        button.disabled = false;
        Notification.exception(error);
    } finally {
        pending.resolve();
    }
};

/**
 * Takes over the forms on the page that were not yet.
 */
export const init = () => {
    document.querySelectorAll('form[data-local-mzi="acknowledge"]:not([data-ready])').forEach(form => {
        form.dataset.ready = '1';
        form.addEventListener('submit', event => {
            event.preventDefault();
            send(form);
        });
    });
};
